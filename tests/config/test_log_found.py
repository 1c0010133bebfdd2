"""A compliance officer finds who looked at a customer, when and why, and under whose approval something was done."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.context import acting
from audit.services import emit, name_act
from customers.models import Customer
from staff.models import SavedView
from staff.services.saved_views import create_saved_view
from tests.factories import TeamFactory, UserFactory
from tests.factories.audit import event
from tests.factories.customers import PersonFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db
LOG = "/audit/"


@pytest.fixture
def officer(client):
    user = UserFactory(role="compliance")
    client.force_login(user)
    return user


@pytest.fixture
def customer():
    return Customer.objects.get(pk=PersonFactory().pk)


def found(client, **filters):
    return [row.id for row in client.get(LOG, filters).context["list"].page.rows]


def test_who_looked_at_a_customer_is_found_by_the_customers_number(client, officer, customer):
    other = PersonFactory()
    looked = event("read", by=officer.pk, table="customers_customer", pk=customer.pk, reason="Complaint 7")
    event("read", by=officer.pk, table="customers_customer", pk=other.pk)

    assert found(client, kind="read", record=customer.reference) == [looked.id]
    assert found(client, kind="read", record=customer.reference.lower(), table="customers_customer") == [looked.id]
    text = client.get(LOG, {"kind": "read", "record": customer.reference}).content.decode()
    assert customer.reference in text
    assert "Complaint 7" in text


@pytest.mark.parametrize("called", ["C-999999999", "c-", "nobody@example.test", "x" * 81, "\x00"])
def test_a_record_that_nobody_calls_so_is_answered_with_a_sentence(client, officer, called):
    answer = client.get(LOG, {"record": called})

    assert answer.status_code == 200
    assert b'role="alert"' in answer.content


def test_records_of_other_rooms_are_found_by_what_people_call_them(client, officer):
    risk = RiskFactory()
    risk.refresh_from_db()

    assert found(client, record=risk.reference)
    assert found(client, record=officer.email)


def test_a_name_of_another_kind_of_record_than_the_one_chosen_is_none(client, officer, customer):
    assert found(client, record=customer.reference, table="risk_risk") == []


def test_the_api_finds_by_the_same_names(client, officer, customer):
    looked = event("read", by=officer.pk, table="customers_customer", pk=customer.pk)

    rows = client.get("/api/v1/events/", {"record": customer.reference, "kind": "read"}).json()["results"]

    assert [row["id"] for row in rows] == [str(looked.id)]


def test_an_approval_stands_beside_the_reason(client, officer):
    with acting(actor_id=officer.pk), transaction.atomic():
        name_act("customers.export.written", "Request of the regulator", approval_id=4711)
        emit("export", table="staff_job", pk=1)

    text = client.get(LOG, {"kind": "export"}).content.decode()

    assert "4711" in text
    assert "Request of the regulator" in text


def test_a_span_of_days_is_one_click(client, officer):
    text = client.get(LOG).content.decode()
    today = timezone.localdate()
    before = today.replace(day=1) - timedelta(days=1)

    assert f'data-first="{before.replace(day=1)}" data-last="{before}"' in text
    assert f'data-first="{today.replace(day=1)}" data-last="{today}"' in text


def test_the_usual_questions_are_one_click(client, officer, customer):
    event("read", by=officer.pk, table="customers_customer", pk=customer.pk)

    actions = client.get(LOG).context["actions"]

    assert len(actions) == 3
    assert all(client.get(action.url).status_code == 200 for action in actions)


def test_a_history_asks_who_looked(client, officer, customer):
    page = client.get(reverse("audit:record_history", args=["customers_customer", customer.pk]))

    who = next(action.url for action in page.context["actions"] if "kind=read" in action.url)
    event("read", by=officer.pk, table="customers_customer", pk=customer.pk)
    assert len(client.get(who).context["list"].page.rows) == 1


@pytest.mark.parametrize(("audience", "sees"), [("personal", []), ("team", ["mate"]), ("public", ["mate", "auditor"])])
def test_a_search_of_the_log_is_kept_for_oneself_a_team_or_everyone(client, officer, audience, sees):
    mate, auditor = UserFactory(role="compliance"), UserFactory(role="internal_audit")
    team = TeamFactory(members=[officer, mate])
    create_saved_view(actor=officer, page="audit:event_list", name="Reads in March",
                      query="kind=read&when_after=2026-03-01&when_before=2026-03-31", audience=audience,
                      team=team if audience == "team" else None)  # fmt: skip

    shown = []
    for name, person in (("mate", mate), ("auditor", auditor)):
        client.force_login(person)
        if any(tab.name == "Reads in March" for tab in client.get(LOG).context["list"].tabs):
            shown.append(name)

    assert shown == sees
    client.force_login(officer)
    tab = next(tab for tab in client.get(LOG).context["list"].tabs if tab.name == "Reads in March")
    assert "kind=read" in tab.url
    assert client.get(tab.url).status_code == 200
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_names_of_records_cost_one_query_a_kind(client, officer, django_assert_max_num_queries, rows):
    for _ in range(rows):
        event("read", by=officer.pk, table="customers_customer", pk=PersonFactory().pk, action="counted.event.made")
    client.get(f"{LOG}?action=counted")

    with django_assert_max_num_queries(16):
        client.get(f"{LOG}?action=counted", headers={"HX-Request": "true", "HX-Target": "rows"})
