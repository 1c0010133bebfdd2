"""What happened at the demo company: contingency plans that two people agreed on, a drill, and a case whose plan is active."""

from datetime import datetime, timedelta

from incidents.models import Plan
from incidents.services.activations import activate, end_activation, finish_step, take_step, write_on_board
from incidents.services.calls import mark_reached, pass_to_deputies
from incidents.services.cases import note_in_case, open_case
from incidents.services.plans import record_plan, write_version
from risk.models import Alert, Indicator, Risk
from staff.models import User
from staff.services.changes import approve, execute_approved, propose

# code, name, line, indicator, when, steps
PLANS = [
    (
        "mass-redemption", "Mass redemption of Cash Plus", "wealth", "net_redemption_share",
        "Redemptions of a day pass a tenth of what is held, or rumours spread.",
        "0 risk: Tell management and open the cash position\n15 risk: Draw on the standby line of the bank\n"
        "30 product: Set fast redemption to its daily cap\n45 service: Put the prepared answer on chat and telephone\n"
        "120 compliance: Report to the regulator\n240 management: Decide on spreading payouts",
    ),
    (
        "gateway-down", "Payment gateway is down", "payment", None,
        "More than a tenth of payments fail for ten minutes.",
        "0 : Check whether it is us or the provider\n10 risk: Send payments through the second provider\n"
        "20 service: Put the notice on the app\n60 compliance: Note whom it concerned and since when",
    ),
    (
        "data-leak", "Personal data has left the company", None, None,
        "Somebody outside holds data of customers, or says so.",
        "0 risk: Stop the way out\n60 compliance: Find out whose data, which and how many\n"
        "1440 service: Tell the customers\n4320 compliance: Report to the authority within 72 hours",
    ),
]  # fmt: skip


def make_incidents(people: dict[str, User], *, now: datetime) -> None:
    """Write the plans, drill one, and carry out another on the case of the gravest open alert."""
    plans = [_plan(people, now, *plan) for plan in PLANS]
    _drill(people, plans[1], now - timedelta(days=40))
    alert = Alert.objects.open().order_by("-band", "opened_at").first()
    if alert:
        _case(people, alert, plans[0], now)


def _plan(
    people: dict[str, User], now: datetime, code: str, name: str, line: str | None, measure: str | None, when: str, steps: str
) -> Plan:  # fmt: skip
    indicator = Indicator.objects.filter(measure=measure).first() if measure else None
    plan = record_plan(
        actor=people["risk"], code=code, name=name, line_id=line, owner=people["risk"], indicator=indicator,
        band="red" if indicator else "", risks=Risk.objects.filter(line=line)[:2] if line else [],
    )  # fmt: skip
    called = [people[word] for word in ("risk", "risk2", "management", "compliance", "lead")]
    version = write_version(
        actor=people["risk"], plan_id=plan.pk, triggers=when, steps=steps, calls=called, tree=_tree(people), at=now
    )
    request = propose(
        actor=people["risk"], command="incidents.plan.in_force",
        arguments={"plan_id": plan.pk, "version_id": version.pk}, reason="First version, written with the lines.", at=now,
    )  # fmt: skip
    approve(actor=people["compliance"], request_id=request.pk, at=now)
    execute_approved(request_id=request.pk, at=now)
    plan.refresh_from_db()
    return plan


def _tree(people: dict[str, User]) -> str:
    """Management and compliance are called at once, the desk by its lead."""
    lines = [
        f"10 {people['management'].email} / {people['risk2'].email}",
        f"15 {people['compliance'].email}",
        f"15 {people['lead'].email}",
        f"  30 {people['service'].email} / {people['service2'].email}",
    ]
    return "\n".join(lines)


def _drill(people: dict[str, User], plan: Plan, at: datetime) -> None:
    drill = activate(
        actor=people["risk"], plan_id=plan.pk, reason="The yearly drill, announced to nobody.", at=at, is_drill=True
    )
    for number, step in enumerate(drill.steps.all()):
        after = step.due_at - timedelta(minutes=3) if number != 2 else step.due_at + timedelta(minutes=25)
        finish_step(actor=people["risk" if number % 2 == 0 else "lead"], step_id=step.pk, at=max(after, at))
    for call in drill.calls.all()[:3]:
        mark_reached(actor=people["risk"], call_id=call.pk, at=call.due_at - timedelta(minutes=4))
    end_activation(
        actor=people["risk"], activation_id=drill.pk, score=3, at=at + timedelta(hours=2),
        outcome="Payments went through the second provider after nine minutes.",
        lessons="The notice came 25 minutes late: nobody of service had the right to publish it.",
    )  # fmt: skip


def _case(people: dict[str, User], alert: Alert, plan: Plan, now: datetime) -> None:
    owner = people["risk"]
    case = open_case(
        actor=people["risk2"], owner=owner, alert=alert, risk=alert.indicator.risks.first(), severity="high", at=now,
        title=alert.indicator.label, text="Left its band on the last night; the cause is not known yet.",
    )  # fmt: skip
    note_in_case(actor=owner, case_id=case.pk, text="Asked the product team for the largest movements.", at=now)
    begun = now - timedelta(minutes=50)
    active = activate(actor=owner, plan_id=plan.pk, case=case, reason="The indicator passed red twice.", at=begun)
    first_call, second_call, *_others = active.calls.all()
    mark_reached(actor=owner, call_id=second_call.pk, at=begun + timedelta(minutes=4))
    pass_to_deputies(at=begun + timedelta(minutes=12))
    mark_reached(actor=owner, call_id=first_call.pk, by_deputy=True, at=begun + timedelta(minutes=14))
    first, second, *_rest = active.steps.all()
    finish_step(actor=people["risk2"], step_id=first.pk, at=begun + timedelta(minutes=6))
    take_step(actor=people["risk"], step_id=second.pk, at=begun + timedelta(minutes=9))
    write_on_board(actor=people["management"], activation_id=active.pk, text="No payout is spread before noon.", at=now)
