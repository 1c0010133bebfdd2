"""Registers of risk, incidents and assurance by REST: each act is the page's act, refused where the page refuses it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assurance.models import AuditUnit, Finding
from risk.models import Control, Treatment
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.assurance import UnitFactory
from tests.factories.incidents import PlanFactory
from tests.factories.response import ControlFactory
from tests.factories.risk import RatingFactory, RiskFactory

pytestmark = pytest.mark.django_db
WHY = "Decided by the committee in its last meeting"


@pytest.fixture
def office():
    return UserFactory(role="risk")


@pytest.fixture
def asked(client, office):
    """POST as the risk office, or as somebody else."""

    def post(path, fields, *, by=office):
        client.force_login(by)
        return client.post(f"/api/v1/{path}/", fields, content_type="application/json")

    return post


def test_a_control_is_recorded_tested_and_finished(asked, office):
    risk, tester = RiskFactory(), UserFactory(role="compliance")
    made = asked("controls", {
        "code": "two-keys", "name": "Two people release", "kind": "preventive", "frequency": "daily", "owner": office.pk,
        "risks": [risk.reference],
    })  # fmt: skip
    assert made.status_code == 201
    assert Control.objects.get(code="two-keys").risks.get() == risk

    sample = {"items": [f"release {n}" for n in range(40)], "seed": "2026"}
    assert asked("controls/two-keys/test", sample).status_code == 403
    test = asked("controls/two-keys/test", sample, by=tester).json()
    passed = {str(item["position"]): True for item in test["items"]}
    short = asked(f"control-tests/{test['id']}/finish", {
        "passed": {"1": True}, "conclusion": "effective", "reason": WHY,
    }, by=tester)  # fmt: skip
    assert short.status_code == 400
    done = asked(f"control-tests/{test['id']}/finish", {
        "passed": passed, "conclusion": "effective", "reason": WHY,
    }, by=tester).json()  # fmt: skip

    assert (done["conclusion"], len(done["items"])) == ("effective", test["required"])


def test_a_treatment_ends_only_once_its_tasks_are_done(asked, office):
    risk = RiskFactory(owner=office)
    made = asked("treatments", {
        "risk": risk.reference, "strategy": "reduce", "title": "A second bank", "owner": office.pk, "starts_on": "2026-01-31",
        "due_on": "2026-12-31",
    }).json()  # fmt: skip
    url, end = f"treatments/{made['id']}", {"state": "done", "outcome": "The second bank pays"}
    task = asked(f"{url}/task", {"title": "Contract", "owner": office.pk, "due_on": "2026-03-31"}).json()["tasks"][0]

    assert asked(f"{url}/end", end).status_code == 400
    assert asked(f"{url}/done", {"task": int(task["id"]) + 1, "evidence": "Signed"}).status_code == 400
    asked(f"{url}/done", {"task": task["id"], "evidence": "Signed on the 3rd"})
    assert asked(f"{url}/end", end).json()["state"] == "done"
    assert Treatment.objects.get().outcome == "The second bank pays"


def test_a_risk_outside_ones_lines_is_not_answered(asked):
    narrow, risk = UserFactory(role="risk", business_lines=["fund"]), RiskFactory(line_id="payment")

    answer = asked("treatments", {
        "risk": risk.reference, "strategy": "reduce", "title": "x", "owner": narrow.pk, "starts_on": "2026-01-31",
        "due_on": "2026-12-31",
    }, by=narrow)  # fmt: skip

    assert answer.status_code == 400
    assert "risk" in str(answer.json())


def test_appetite_is_asked_for_and_waits(asked):
    statement = {
        "risk_class": "credit", "statement": "Little", "tolerance": "medium", "reason": WHY,
        "valid_from": timezone.localdate().isoformat(),
    }  # fmt: skip

    assert asked("appetite", statement).status_code == 202
    assert asked("appetite", statement | {"valid_from": "2020-01-01"}).status_code == 400
    assert ChangeRequest.objects.get().command == "risk.appetite.revise"


def test_the_map_says_over_rest_why_it_moved(client, office):
    old, today = timezone.now() - timedelta(days=40), timezone.localdate()
    risk = RiskFactory(created_at=old)
    RatingFactory(risk=risk, kind="residual", likelihood=2, impact=2, rated_at=old)
    RatingFactory(risk=risk, kind="residual", likelihood=4, impact=2, rated_at=timezone.now(), basis="data")
    client.force_login(office)

    moved = client.get(f"/api/v1/risks/moved/?first={today - timedelta(days=30)}&last={today}").json()

    assert [
        (one["reference"], one["before"]["likelihood"], one["after"]["likelihood"], one["reason"]) for one in moved
    ] == [(risk.reference, 2, 4, "data")]
    assert client.get(f"/api/v1/risks/moved/?first={today}&last={today}").status_code == 400


def test_an_audit_is_planned_sampled_and_raises_a_finding(asked, client):
    auditor, owner = UserFactory(role="internal_audit"), UserFactory(role="product")
    ControlFactory.create_batch(3)
    unit = UnitFactory(owned_by=[owner])
    plan = {
        "unit": unit.code,
        "title": "Releases",
        "scope": "All of March",
        "lead": auditor.pk,
        "starts_on": "2026-03-02",
    }

    own = asked("audits", plan | {"lead": owner.pk}, by=auditor)
    assert own.status_code == 400
    made = asked("audits", plan, by=auditor).json()["reference"]
    assert asked(f"audits/{made}/begin", {}, by=auditor).json()["state"] == "fieldwork"
    assert (
        asked(f"audits/{made}/sample", {"population": "nothing", "size": 2, "seed": "s"}, by=auditor).status_code == 400
    )
    finding = asked("findings", {
        "audit": made, "title": "One person releases", "severity": "high", "condition": "One", "criteria": "Two",
        "owner": owner.pk, "due_on": "2026-12-31",
    }, by=auditor).json()["reference"]  # fmt: skip
    asked(f"findings/{finding}/done", {"evidence": "Two people release since Monday"}, by=owner)
    back = asked(f"findings/{finding}/return", {"verification": "Payroll is missing"}, by=auditor)
    assert back.json()["state"] == "answered"
    closed = asked(f"audits/{made}/close", {"conclusion": "Sound but for one finding"}, by=auditor)
    assert closed.json()["state"] == "closed"
    assert Finding.objects.get().verified_at is None


def test_an_area_is_recorded_by_auditors_alone(asked):
    auditor, owner = UserFactory(role="internal_audit"), UserFactory(role="product")
    area = {"code": "payouts", "name": "付款", "owners": [owner.pk]}

    assert asked("audit-areas", area).status_code == 403
    assert asked("audit-areas", area, by=auditor).status_code == 201
    assert AuditUnit.objects.get(code="payouts").owners.get() == owner


def test_a_plan_is_written_activated_once_and_worked_on(asked, office):
    waiting = asked("plans", {"code": "bank-down", "name": "The bank is down", "owner": office.pk})
    assert waiting.status_code == 201
    version = {"triggers": "No answer", "steps": "15 risk: Stop the payouts", "reason": WHY}
    assert asked("plans/bank-down/version", version | {"steps": "Stop"}).status_code == 400
    assert asked("plans/bank-down/version", version).status_code == 202
    assert asked("plans/bank-down/activate", {"reason": WHY}).status_code == 400  # nobody has approved it yet

    plan = PlanFactory(owner=office)
    board = asked(f"plans/{plan.code}/activate", {"reason": WHY}).json()
    assert asked(f"plans/{plan.code}/activate", {"reason": WHY}).status_code == 400
    url = f"activations/{board['id']}"
    assert asked(f"{url}/step", {"position": 9}).status_code == 400
    taken = asked(f"{url}/step", {"position": 1}).json()["steps"][0]
    done = asked(f"{url}/step", {"position": 1, "done": True}).json()["steps"][0]
    assert (taken["taken_by"], done["done_by"]) == (office.pk, office.pk)
    assert asked(f"{url}/write", {"text": "银行已恢复"}).json()["entries"][0]["text"] == "银行已恢复"
    assert asked(f"{url}/end", {"outcome": "The bank answers again"}).json()["ended_at"]
