"""A list is taken out as its reader sees it: the same scope, filters, order and masks; a large one under four eyes."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from customers.models import Reveal
from pages.columns import Column
from pages.templatetags.pages import moment, pill_html
from staff.jobs import JobFailed
from staff.list_exports import cell_of, export_list, list_at, rows_of_list
from staff.models import ChangeRequest, Job
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import CustomerFactory, DuplicatePairFactory, PersonFactory

pytestmark = pytest.mark.django_db
DUPLICATES = "/customers/duplicates/"


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def rows(user, path=DUPLICATES, query=""):
    return [list(row) for row in rows_of_list(user, {"path": path, "query": query, "format": "csv"}).rows]


def test_cells_are_figures_times_and_words_and_no_marks():
    numeric, plain = Column("a", "A", numeric=True), Column("b", "B")
    at = timezone.now()
    assert cell_of(numeric, "1,234.50") == Decimal("1234.50")
    assert cell_of(numeric, "–") == "–"
    assert cell_of(plain, pill_html("A & B", "red")) == "A & B"
    shown = cell_of(plain, moment(at))
    assert isinstance(shown, datetime)
    assert abs((shown - at).total_seconds()) < 60


def test_the_file_holds_what_the_page_shows_in_its_order_and_with_its_filters():
    lead = UserFactory(role="service_lead")
    DuplicatePairFactory(score=20), DuplicatePairFactory(score=40), DuplicatePairFactory(score=30, state="dismissed")
    assert [row[0] for row in rows(lead)] == [40, 20]
    assert [row[0] for row in rows(lead, query="sort=score")] == [20, 40]
    assert [row[0] for row in rows(lead, query="state=dismissed")] == [30]


def test_scope_and_masks_are_the_readers():
    DuplicatePairFactory(first=PersonFactory(name="欧阳菲菲", region="北京"))
    assert rows(UserFactory(role="service_lead", regions=["上海"])) == []
    reader = UserFactory(may=["customers.view_customer", "customers.view_duplicatepair", "staff.export_list"])
    assert "欧阳菲菲" not in str(rows(reader))
    assert rows(reader)


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/customers/", "/audit/", "/", "https://elsewhere.example/", "/customers/duplicates/1/"]
)
def test_what_is_no_list_or_has_its_own_way_is_not_taken_out(path):
    with pytest.raises(ValidationError, match="no list to export"):
        list_at(UserFactory(role="compliance"), path, "")


def test_who_may_not_see_the_list_or_may_not_export_takes_nothing_out(client):
    with pytest.raises(ValidationError):
        list_at(UserFactory(role="marketing"), DUPLICATES, "")
    client.force_login(UserFactory(role="service"))
    assert client.post(reverse("staff:list_export"), {"path": DUPLICATES, "query": ""}).status_code == 403
    assert 'id="export"' not in client.get(DUPLICATES).content.decode()


def test_the_button_of_a_list_makes_a_job(client):
    client.force_login(UserFactory(role="service_lead"))
    DuplicatePairFactory()
    assert f'action="{reverse("staff:list_export")}"' in client.get(DUPLICATES).content.decode()
    answer = client.post(reverse("staff:list_export"), {"path": DUPLICATES, "query": "kind=individual"})
    job = Job.objects.get()
    assert answer["Location"] == reverse("staff:job_detail", args=[job.pk])
    assert job.parameters == {"path": DUPLICATES, "query": "kind=individual", "format": "csv"}


def test_a_large_list_waits_for_somebody_else(client, settings):
    settings.EXPORT_ROWS_ALONE = 1
    lead = UserFactory(role="service_lead")
    client.force_login(lead)
    DuplicatePairFactory(), DuplicatePairFactory()
    with pytest.raises(JobFailed):
        rows(lead)
    asked = {"path": DUPLICATES, "query": ""}
    assert "somebody else has agreed" in client.post(reverse("staff:list_export"), asked).content.decode()

    client.post(reverse("staff:list_export"), {**asked, "reason": "Cleaning up"})

    request = ChangeRequest.objects.get()
    assert request.amount == 2
    assert agreed(request, UserFactory(role="compliance")).state == "executed"
    job = Job.objects.get()
    assert len(list(rows_of_list(lead, job.parameters).rows)) == 2
    with pytest.raises(JobFailed):
        rows_of_list(lead, {**job.parameters, "query": "kind=individual"})


def test_a_large_export_is_chosen_by_filters_and_not_by_a_search_text(settings):
    settings.EXPORT_ROWS_ALONE = 0
    CustomerFactory()
    Reveal.objects.count()
    lead = UserFactory(role="administrator")
    with pytest.raises(ValidationError, match="search text"):
        export_list(
            actor=lead, path="/staff/people/", query="q=Person", format="csv", reason="Why not", at=timezone.now()
        )
