"""Many customers are edited at once: first what would happen, then done in one statement, many only after somebody agreed."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from customers.models import Customer, CustomerTag, Tag
from staff.bulk import KIND, ask_for, change_rows, dry_run, run_job
from staff.jobs import RunningJob
from staff.models import ChangeRequest, Job
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import CustomerFactory, SourceFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/staff/bulk/customers/"


@pytest.fixture
def lead(client):
    user = UserFactory(role="service_lead")
    client.force_login(user)
    return user


def ask(lead, field, value, rows, **said):
    asked = {"actor": lead, "key": "customers", "field": field, "value": value, "ids": [row.pk for row in rows]}
    state = dry_run(**asked).state
    return ask_for(**asked, state=state, reason="Tidying up", at=timezone.now(), **said)


def test_a_dry_run_tells_what_would_be_refused_and_why_and_changes_nothing(lead):
    own, restricted = CustomerFactory(region="北京"), CustomerFactory(restricted_at=timezone.now())
    sent, same = CustomerFactory(source=SourceFactory()), CustomerFactory(region="上海")

    seen = dry_run(
        actor=lead, key="customers", field="region", value="上海", ids=[row.pk for row in (own, restricted, sent, same)]
    )

    assert (seen.total, seen.changes) == (4, 1)
    assert [(str(why), count) for why, count in seen.refused] == [
        ("Data restricted or erased", 1), ("Their region comes from their source: change it there", 1), ("Already so", 1),
    ]  # fmt: skip
    own.refresh_from_db()
    assert own.region == "北京"


def test_the_job_changes_exactly_what_the_dry_run_said(lead):
    clerk = UserFactory(role="service")
    rows = [CustomerFactory() for _ in range(3)] + [CustomerFactory(restricted_at=timezone.now())]

    job = ask(lead, "owner", clerk.pk, rows)
    assert isinstance(job, Job)
    run_job(RunningJob(job))

    assert Customer.objects.filter(relationship_owner=clerk).count() == 3


def test_a_row_that_somebody_changed_meanwhile_stops_it(lead):
    clerk, other = UserFactory(role="service"), UserFactory(role="service")
    row = CustomerFactory()
    job = ask(lead, "owner", clerk.pk, [row])
    Customer.objects.filter(pk=row.pk).update(relationship_owner=other)

    with pytest.raises(ValidationError, match="meanwhile"):
        run_job(RunningJob(job))
    row.refresh_from_db()
    assert row.relationship_owner == other
    with pytest.raises(ValidationError, match="meanwhile"):
        ask_for(
            actor=lead,
            key="customers",
            field="owner",
            value=clerk.pk,
            ids=[row.pk],
            state="x",
            reason="",
            at=timezone.now(),
        )


def test_many_rows_wait_for_somebody_else_and_go_stale_with_a_change(lead, settings):
    settings.BULK_ROWS_ALONE = 1
    clerk, rows = UserFactory(role="service"), [CustomerFactory(), CustomerFactory()]
    request = ask(lead, "owner", clerk.pk, rows)
    assert isinstance(request, ChangeRequest)
    stale = ask(lead, "owner", UserFactory(role="service").pk, rows)
    assert agreed(request, UserFactory(role="compliance")).state == "executed"
    assert Customer.objects.filter(relationship_owner=clerk).count() == 2
    assert agreed(stale, UserFactory(role="compliance")).state == "stale"


def test_tags_are_put_on_those_who_do_not_bear_them(lead):
    tag = Tag.objects.get(code="prefers_phone")
    one, other = CustomerFactory(), CustomerFactory()
    CustomerTag.objects.create(
        customer=one, tag=tag, source="person", by=lead, confidence=1, grounds="Said so", at=timezone.now()
    )
    count = change_rows(
        actor=lead, key="customers", field="tag", value=tag.pk, ids=[one.pk, other.pk], at=timezone.now()
    )
    assert count == 1
    assert CustomerTag.objects.standing().filter(tag=tag).count() == 2


def test_rows_out_of_reach_are_not_touched_and_not_counted(lead):
    clerk, far = UserFactory(role="service"), CustomerFactory(region="上海")
    near = UserFactory(role="service_lead", regions=["北京"])
    assert dry_run(actor=near, key="customers", field="owner", value=clerk.pk, ids=[far.pk]).total == 0
    with pytest.raises(PermissionDenied):
        dry_run(actor=clerk, key="customers", field="owner", value=clerk.pk, ids=[far.pk])


def test_on_the_page_a_selection_is_tried_and_then_done(client, lead):
    clerk, row = UserFactory(role="service"), CustomerFactory(joined_on=date(2026, 1, 1))
    assert ADDRESS in client.get("/customers/").content.decode()
    assert "Show what would happen" in client.post(ADDRESS, {"ids": [row.pk]}).content.decode()
    asked = {"ids": [row.pk], "field": "owner", "to_owner": clerk.pk}
    tried = client.post(ADDRESS, asked)
    assert "Rows that change" in tried.content.decode()
    assert Job.objects.count() == 0
    answer = client.post(ADDRESS, {**asked, "state": tried.context["seen"].state})
    assert answer.status_code == 302
    assert Job.objects.get().kind == KIND


def test_all_that_match_are_taken_by_the_filters_of_the_list(client, lead):
    CustomerFactory(kind="business"), CustomerFactory()
    page = client.post(ADDRESS, {"all": "1", "query": "kind=business"})
    assert len(page.context["ids"]) == 1


def test_a_value_is_asked_for(client, lead):
    answer = client.post(ADDRESS, {"ids": [CustomerFactory().pk], "field": "region"})
    assert answer.status_code == 422
    assert "Say what it is changed to" in answer.content.decode()
