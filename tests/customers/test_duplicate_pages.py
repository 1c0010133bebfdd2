"""Pages of possible duplicates: masked, logged for both customers, judged with a reason, one pair after the other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from customers.models import DuplicatePair, DuplicateRun
from customers.services.duplicates import find_duplicates
from staff.models import Job
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, DuplicatePairFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    user = UserFactory(role="service_lead")
    client.force_login(user)
    return user


@pytest.fixture
def pair():
    PersonFactory(), PersonFactory(region="Hubei")
    find_duplicates(business_date=timezone.localdate(), at=timezone.now())
    return DuplicatePair.objects.get()


def test_the_list_shows_what_waits_the_likeliest_first(client, lead):
    less, more = DuplicatePairFactory(score=15), DuplicatePairFactory(score=40)
    judged = DuplicatePairFactory(state="dismissed", score=50)

    rows = client.get("/customers/duplicates/").context["list"].page.rows
    assert [row.pk for row in rows] == [more.pk, less.pk]
    rows = client.get("/customers/duplicates/?state=dismissed").context["list"].page.rows
    assert [row.pk for row in rows] == [judged.pk]
    less.first.refresh_from_db()
    rows = client.get(f"/customers/duplicates/?customer={less.first.reference.lower()}").context["list"].page.rows
    assert [row.pk for row in rows] == [less.pk]


@pytest.mark.parametrize("role", ["service", "compliance"])
def test_the_list_costs_the_same_at_one_row_and_at_three(client, role, django_assert_num_queries):
    client.force_login(UserFactory(role=role))
    DuplicatePairFactory()
    client.get("/customers/duplicates/")
    with CaptureQueriesContext(connection) as one:
        client.get("/customers/duplicates/")
    DuplicatePairFactory(), DuplicatePairFactory()
    with django_assert_num_queries(len(one)):
        client.get("/customers/duplicates/")


def test_comparing_says_same_and_shows_neither_value(client, lead, pair):
    page = client.get(f"/customers/duplicates/{pair.pk}/").content.decode()

    assert "They are" in page
    assert "+15.1" in page
    for hidden in ("13800138000", "11010519491231002X", "duan.zhengchun", "建国路八十八号"):
        assert hidden not in page


def test_comparing_is_a_read_event_of_both(client, lead, pair):
    client.get(f"/customers/duplicates/{pair.pk}/")

    seen = Event.objects.filter(kind="read", table_name="customers_customer").order_by("id")
    assert [int(event.pk_text) for event in seen] == [pair.first_id, pair.second_id]


def test_judging_leads_to_the_next_pair_and_asks_for_a_reason(client, lead):
    first, second = DuplicatePairFactory(score=40), DuplicatePairFactory(score=30)

    answer = client.post(f"/customers/duplicates/{first.pk}/dismiss/", {"reason": ""}, follow=True)
    assert "Say what tells them apart" in answer.content.decode()
    answer = client.post(f"/customers/duplicates/{first.pk}/dismiss/", {"reason": "Twins"})
    assert answer["Location"] == f"/customers/duplicates/{second.pk}/"
    answer = client.post(f"/customers/duplicates/{second.pk}/dismiss/", {"reason": "Namesakes"})
    assert answer["Location"] == reverse("customers:duplicate_list")
    client.post(f"/customers/duplicates/{first.pk}/reopen/")
    assert DuplicatePair.objects.get(pk=first.pk).state == "open"


def test_looking_now_is_a_job(client, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = client.post("/customers/duplicates/search/", {"whole": "1"})

    job = Job.objects.get()
    assert answer["Location"] == reverse("staff:job_detail", args=[job.pk])
    assert (job.kind, job.parameters) == ("customers.duplicates", {"whole": True})


def test_searches_tell_what_was_passed_over_and_what_agreement_weighs(client, lead):
    DuplicateRun.objects.create(
        whole=True,
        business_date=timezone.localdate(),
        began_at=timezone.now(),
        skipped=[{"key": "phone", "keys": 2, "largest": 4321}],
    )

    page = client.get("/customers/duplicates/runs/").content.decode()

    assert "Phone: 2, up to 4,321 records" in page
    assert "+19.9" in page  # log2(0.95 / 0.000001)


def test_a_name_is_masked_for_who_may_not_see_names(client):
    client.force_login(UserFactory(may=["customers.view_customer", "customers.view_duplicatepair"]))
    DuplicatePairFactory(first=CustomerFactory(name="欧阳菲菲"))

    assert "欧阳菲菲" not in client.get("/customers/duplicates/").content.decode()
