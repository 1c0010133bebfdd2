"""The file that the customer list writes says what the list shows, to whoever asked for it."""

import csv
import io

import pytest
from django.utils import timezone

from customers.exports import customers_export
from customers.models import Customer
from staff.exports import ExportFunction
from staff.jobs import RunningJob
from staff.models import Job
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, PersonFactory, PortraitFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db


def written(user, query, folder):
    job = Job.objects.create(
        owner=user,
        kind="customers.export",
        title="Export",
        parameters={"query": query, "format": "csv"},
        created_at=timezone.now(),
        state="running",
        attempt=1,
    )
    running = RunningJob(job)
    ExportFunction(customers_export)(running)
    return list(csv.reader(io.StringIO((folder / running.result).read_text("utf-8-sig"))))


@pytest.fixture
def lead(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory(role="service_lead")
    client.force_login(user)
    user.folder = tmp_path
    return user


def test_the_file_holds_what_the_list_shows(client, lead):
    for number, risk in enumerate(["low", "high", "high"]):
        PortraitFactory(customer=CustomerFactory(name=f"王{number}", risk_level=risk), balance=number)

    rows = written(lead, "risk=high", lead.folder)
    listed = client.get("/customers/?risk=high").context["list"].page.rows

    assert {row[0] for row in rows[1:]} == {row.reference for row in listed}
    assert [len(row) for row in rows] == [len(rows[0])] * 3
    assert {(row[1], row[11]) for row in rows[1:]} == {("王1", "1.00"), ("王2", "2.00")}


def test_the_file_holds_no_more_than_its_reader_sees(lead):
    CustomerFactory(region="北京")
    CustomerFactory(region="上海")
    lead.regions = ["北京"]
    with past_the_guards():
        lead.save(update_fields=["regions"])

    assert [row[7] for row in written(lead, "", lead.folder)[1:]] == ["北京"]


def test_nothing_personal_stands_unmasked_in_the_file(lead):
    PersonFactory()

    text = str(written(lead, "", lead.folder))

    assert not any(secret in text for secret in ("13800138000", "11010519491231002X", "duan.zhengchun", "建国路"))
    assert "138****8000" in text


def test_a_name_that_is_a_formula_is_text_in_the_file(lead):
    CustomerFactory(name="=HYPERLINK(0)")

    assert written(lead, "", lead.folder)[1][1] == "'=HYPERLINK(0)"


def test_filters_that_cannot_be_read_write_nothing_instead_of_everything(lead):
    CustomerFactory()

    with pytest.raises(Exception, match="filters"):
        written(lead, "joined_after=never", lead.folder)


def test_asking_for_an_export_makes_a_job_and_leads_to_it(client, lead, django_capture_on_commit_callbacks):
    response = client.post("/customers/export/", {"query": "risk=high"})

    job = Job.objects.get(kind="customers.export")
    assert (job.owner, job.parameters["query"]) == (lead, "risk=high")
    assert str(job.pk) in response["Location"]


@pytest.mark.parametrize("role", ["service", "product", "marketing", "management", "internal_audit", "administrator"])
def test_other_roles_export_nothing(client, role):
    client.force_login(UserFactory(role=role))

    assert client.post("/customers/export/").status_code == 403
    assert not Job.objects.exists()


def test_an_unknown_format_is_refused_with_a_sentence(client, lead):
    response = client.post("/customers/export/", {"format": "exe"}, follow=True)

    assert response.status_code in (200, 400, 422)
    assert not Job.objects.exists()
    assert Customer.objects.count() == 0
