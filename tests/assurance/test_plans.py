from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.models import AuditPlan, AuditPlanLine, Engagement
from assurance.rules.planning import Standing, days_for, due_quarter, months_between, parts_of, priority_of
from assurance.services.engagements import plan_engagement
from assurance.services.plans import (
    draft_plan,
    due_and_unplanned,
    propose_lines,
    propose_plan,
    remove_line,
    write_line,
)
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.assurance import (
    AuditPlanFactory,
    AuditPlanLineFactory,
    EngagementFactory,
    FindingFactory,
    UnitFactory,
)
from tests.factories.changes import agreed
from tests.factories.losses import LossFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("UTC"))


def points(**known):
    return [part.points for part in parts_of(Standing(**{**NOTHING_KNOWN, **known}))]


NOTHING_KNOWN = {"score": None, "scale": 25, "months": 0, "cycle": 12, "findings": 0, "losses": 0}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, [0, 0, 0, 0]),
        ({"score": 25}, [40, 0, 0, 0]),
        ({"score": 12}, [19, 0, 0, 0]),
        ({"score": 30}, [40, 0, 0, 0]),  # rated under a larger matrix
        ({"months": 11}, [0, 18, 0, 0]),
        ({"months": 12}, [0, 20, 0, 0]),
        ({"months": 18}, [0, 30, 0, 0]),
        ({"months": 600}, [0, 30, 0, 0]),
        ({"months": None}, [0, 30, 0, 0]),
        ({"findings": 3, "losses": 1}, [0, 0, 15, 5]),
        ({"findings": 9, "losses": 9}, [0, 0, 20, 10]),
    ],
)
def test_a_priority_is_the_sum_of_its_parts_each_up_to_its_most(known, said):
    assert points(**known) == said
    assert priority_of(parts_of(Standing(**{**NOTHING_KNOWN, **known}))) == sum(said) <= 100


@pytest.mark.parametrize(
    ("last", "cycle", "quarter"),
    [
        (None, 12, 1),
        (date(2026, 3, 31), 12, 1),
        (date(2026, 4, 1), 12, 2),
        (date(2026, 12, 31), 12, 4),
        (date(2026, 1, 1), 24, None),
        (date(2020, 5, 5), 12, 1),
    ],
)
def test_an_area_is_due_in_the_quarter_in_which_its_cycle_ends(last, cycle, quarter):
    assert due_quarter(last, cycle, 2027) == quarter


def test_months_are_whole_ones():
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months_between(date(2025, 11, 26), date(2026, 11, 26)) == 12
    assert months_between(date(2027, 1, 1), date(2026, 1, 1)) == 0
    assert [days_for(priority) for priority in (39, 40, 69, 70)] == [10, 15, 15, 20]


def test_lines_are_proposed_for_what_is_due_with_what_their_priority_is_the_sum_of():
    auditor = UserFactory(role="internal_audit")
    risk = RiskFactory(rated=(5, 5))
    grave, quiet = UnitFactory(), UnitFactory(every_months=36)
    grave.risks.add(risk)
    EngagementFactory(unit=quiet, state="closed", conclusion="Fine", closed_at=AT - timedelta(days=30))
    audit = EngagementFactory(unit=grave, state="closed", conclusion="Not fine", closed_at=AT - timedelta(days=400))
    FindingFactory(engagement=audit, severity="high")
    FindingFactory(engagement=audit, severity="low")
    LossFactory(risk=risk, discovered_on=AT.date() - timedelta(days=10), occurred_on=AT.date() - timedelta(days=12))
    LossFactory(risk=risk, discovered_on=AT.date() - timedelta(days=370), occurred_on=AT.date() - timedelta(days=372))
    plan = draft_plan(actor=auditor, year=2027, at=AT)

    assert propose_lines(actor=auditor, plan_id=plan.pk, at=AT) == plan.lines.count()
    assert propose_lines(actor=auditor, plan_id=plan.pk, at=AT) == 0

    assert not plan.lines.filter(unit=quiet).exists()
    line = plan.lines.get(unit=grave)
    assert (line.unit, line.quarter, line.lead, line.priority, line.person_days) == (grave, 1, auditor, 81, 20)
    assert [(part.of, part.value, part.points) for part in line.all_parts] == [
        ("risk", 25, 40), ("time", 13, 21), ("findings", 3, 15), ("losses", 1, 5),
    ]  # fmt: skip


def test_who_owns_an_area_is_not_proposed_to_lead_it_and_the_database_refuses_it_too():
    auditor = UserFactory(role="internal_audit")
    UnitFactory(owned_by=[auditor])
    plan = draft_plan(actor=auditor, year=2027, at=AT)
    propose_lines(actor=auditor, plan_id=plan.pk, at=AT)
    line = plan.lines.get()

    assert line.lead is None
    with pytest.raises(ValidationError, match="owns this area"):
        write_line(
            actor=auditor, plan_id=plan.pk, unit=line.unit, quarter=1, person_days=5, lead=auditor, note="", at=AT
        )
    with pytest.raises(DatabaseError, match="does not own the area"), transaction.atomic():
        AuditPlanLine.objects.filter(pk=line.pk).update(lead=auditor)
    with pytest.raises(ValidationError, match="independent to lead"):
        propose_plan(actor=auditor, plan_id=plan.pk, reason="The plan of next year.", at=timezone.now())


def in_force(line, checker=None):
    asked = propose_plan(actor=line.lead, plan_id=line.plan_id, reason="The plan of next year.", at=timezone.now())
    return agreed(asked, checker or UserFactory(role="management"))


def test_a_plan_is_in_force_once_somebody_else_has_agreed_and_then_stays():
    line = AuditPlanLineFactory()
    request = in_force(line)
    plan = AuditPlan.objects.get()

    assert request.state == "executed"
    assert (plan.agreed, plan.agreed_at is None) == (True, False)
    for change in (
        lambda: AuditPlan.objects.update(year=2030),
        lambda: AuditPlan.objects.update(agreed=False),
        lambda: AuditPlanLine.objects.update(quarter=4),
        lambda: AuditPlanLine.objects.all().delete(),
        lambda: AuditPlanLineFactory(plan=plan),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(ValidationError, match="agreed already"):
        propose_lines(actor=line.lead, plan_id=plan.pk, at=AT)
    with pytest.raises(ValidationError, match="agreed already"):
        remove_line(actor=line.lead, line_id=line.pk)


def test_no_sql_puts_a_plan_in_force_without_a_request():
    line = AuditPlanLineFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        AuditPlan.objects.filter(pk=line.plan_id).update(agreed=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditPlanFactory(agreed=True)


def test_a_line_changed_after_it_was_asked_for_makes_the_request_stale():
    line = AuditPlanLineFactory()
    asked = propose_plan(actor=line.lead, plan_id=line.plan_id, reason="The plan of next year.", at=timezone.now())
    write_line(actor=line.lead, plan_id=line.plan_id, unit=line.unit, quarter=4, person_days=90, at=AT)

    assert agreed(asked, UserFactory(role="management")).state == "stale"
    assert not AuditPlan.objects.get().agreed


def test_a_new_version_begins_with_the_lines_in_force():
    line = AuditPlanLineFactory()
    in_force(line)
    plan = draft_plan(actor=line.lead, year=line.plan.year, at=AT)

    assert (plan.version, [one.unit for one in plan.lines.all()]) == (2, [line.unit])
    with pytest.raises(ValidationError, match="draft for this year"):
        draft_plan(actor=line.lead, year=line.plan.year, at=AT)


def test_an_audit_begins_from_a_line_once_and_of_its_area_only(client):
    line = AuditPlanLineFactory()
    form = {"title": "Planned", "scope": "All of it.", "lead": line.lead.pk, "starts_on": "2027-04-01"}
    common = {"actor": line.lead, "lead": line.lead, "title": "Planned", "scope": "All", "starts_on": date(2027, 4, 1)}
    with pytest.raises(ValidationError, match="draft"):
        plan_engagement(unit=line.unit, plan_line=line, **common)
    in_force(line)
    line.plan.refresh_from_db()
    with pytest.raises(ValidationError, match="another area"):
        plan_engagement(unit=UnitFactory(), plan_line=line, **common)
    client.force_login(line.lead)

    url = f"{reverse('assurance:engagement_create')}?line={line.pk}"
    assert client.post(url, form | {"unit": line.unit.pk}).status_code == 302
    assert client.post(url, form | {"unit": line.unit.pk}).status_code == 422

    page = client.get(reverse("assurance:audit_plan_detail", args=[line.plan_id])).content.decode()
    assert Engagement.objects.get().reference in page


def test_what_is_due_and_not_planned_stands_out(client):
    line = AuditPlanLineFactory()
    forgotten = UnitFactory(name="The forgotten area")
    client.force_login(line.lead)

    page = client.get(reverse("assurance:audit_plan_detail", args=[line.plan_id])).content.decode()

    assert [unit for unit, _due in due_and_unplanned(line.plan, line.lead, AT)] == [forgotten]
    assert "1 area is due" in page
    assert "The forgotten area" in page


def test_the_page_asks_for_an_approval_and_says_what_waits(client):
    line = AuditPlanLineFactory()
    client.force_login(line.lead)
    url = reverse("assurance:audit_plan_begin", args=[line.plan_id])

    assert client.post(url, {"reason": "short"}).status_code == 422
    assert client.post(url, {"reason": "The plan of next year."}).status_code == 302

    assert ChangeRequest.objects.get().command == "assurance.plan.in_force"
    page = client.get(reverse("assurance:audit_plan_detail", args=[line.plan_id])).content.decode()
    assert "waits for approval" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plan_asks_as_often_for_any_number_of_lines(client, rows):
    plan = AuditPlanFactory()
    AuditPlanLineFactory.create_batch(rows, plan=plan)
    UnitFactory.create_batch(rows)
    client.force_login(plan.drafted_by)
    url = reverse("assurance:audit_plan_detail", args=[plan.pk])
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        client.get(url)

    assert len(asked) <= 17


def test_a_line_of_another_business_line_is_not_there(client):
    line = AuditPlanLineFactory(unit__line_id="p2p")
    client.force_login(UserFactory(role="internal_audit", business_lines=["payment"]))

    page = client.get(reverse("assurance:audit_plan_detail", args=[line.plan_id])).content.decode()

    assert line.unit.name not in page
    assert client.get(reverse("assurance:plan_line_edit", args=[line.pk])).status_code == 404


def test_a_product_manager_sees_no_plan(client):
    client.force_login(UserFactory(role="product"))

    assert client.get(reverse("assurance:audit_plan_list")).status_code == 403


def test_lines_are_proposed_and_the_plan_asked_for_over_the_api(client):
    plan = AuditPlanFactory()
    UnitFactory()
    client.force_login(plan.drafted_by)

    made = client.post(f"/api/v1/audit-plans/{plan.pk}/propose-lines/")
    asked = client.post(f"/api/v1/audit-plans/{plan.pk}/put-in-force/", {"reason": "The plan of next year."})

    assert [line["quarter"] for line in made.json()["lines"]] == [1]
    assert asked.status_code == 202
    assert str(asked.json()["id"]) == str(ChangeRequest.objects.get().pk)
