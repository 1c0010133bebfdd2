"""How the demo company answers its risks: controls, some tested and one found wanting, and treatments at every stage."""

from datetime import date, datetime, timedelta

from risk.models import Risk
from risk.services.controls import begin_test, finish_test, record_control
from risk.services.treatments import add_task, begin_treatment, end_treatment, finish_task
from staff.models import User

MEASURED = {"two-release-payouts": "own_approvals", "income-check": "accounts_without_kyc"}
# code, name, kind, frequency, automated, owner, title of the risk, failures of its test (None: never tested)
CONTROLS = [
    ("two-release-payouts", "Two people release each payout file", "preventive", "daily", False, "product",
     "Payout file is released twice", [4, 11]),
    ("second-provider", "Payments switch to the second provider by themselves", "corrective", "many", True, "product",
     "Payment gateway fails in the evening peak", []),
    ("income-check", "Income is checked against two sources", "preventive", "daily", False, "product",
     "Borrowers of the personal loan stop paying", None),
    ("export-approval", "A large export of customers is approved by a second person", "preventive", "weekly", True, "lead",
     "Customer data leaks from an export", []),
    ("daily-cash-position", "The cash position of Cash Plus is compared with redemptions", "detective", "daily", False, "product",
     "Mass redemption of Cash Plus cannot be met in a day", []),
]  # fmt: skip


def make_response(people: dict[str, User], *, last: date, now: datetime) -> None:
    """Record controls and test them, begin treatments and end one."""
    for number, control in enumerate(CONTROLS):
        _control(people, number, now, *control)
    _treatments(people, last, now)


def _control(
    people: dict[str, User], number: int, now: datetime, code: str, name: str, kind: str, frequency: str, automated: bool,
    owner: str, title: str, failures: list[int] | None,
) -> None:  # fmt: skip
    control = record_control(
        actor=people["risk"], code=code, name=name, kind=kind, frequency=frequency, is_automated=automated, is_key=number < 3,
        owner=people[owner], risks=Risk.objects.filter(title=title),
        measure=MEASURED.get(code, ""),
    )  # fmt: skip
    if failures is None:
        return
    items = "\n".join(f"{code.upper()}-{item:04d}" for item in range(1, 181))
    tester = people["risk2"]
    test = begin_test(actor=tester, control_id=control.pk, items=items, seed="first half", at=now - timedelta(days=20))
    passed = {item.position: item.position not in failures for item in test.items.all()}
    finish_test(
        actor=tester, test_id=test.pk, passed=passed, at=now - timedelta(days=19),
        conclusion="partly" if failures else "effective",
        reason="Two files bear one name twice." if failures else "Every item bears what the control leaves.",
    )  # fmt: skip


def _treatments(people: dict[str, User], last: date, now: datetime) -> None:
    risks = {risk.title: risk for risk in Risk.objects.all()}
    redemption = risks["Mass redemption of Cash Plus cannot be met in a day"]
    line = begin_treatment(
        actor=people["risk"], risk_id=redemption.pk, at=now, strategy="reduce", title="A standby line of two banks",
        description="Half of the largest daily redemption of a year.", owner=people["risk"], starts_on=last - timedelta(days=25),
        due_on=last + timedelta(days=60), cost=180_000, currency="CNY", indicator=redemption.indicators.first(),
    )  # fmt: skip
    first = add_task(
        actor=people["risk"], treatment_id=line.pk, title="Agree on terms", owner=people["risk"], due_on=last
    )
    finish_task(actor=people["risk"], task_id=first.pk, evidence="Term sheets of both banks.", at=now)
    add_task(
        actor=people["risk"], treatment_id=line.pk, title="Draw it once", owner=people["product"],
        due_on=last + timedelta(days=30),
    )  # fmt: skip
    begin_treatment(
        actor=people["compliance"], risk_id=risks["Press links the brand to a failed platform"].pk, at=now, strategy="accept",
        title="Watched, not acted on", owner=people["risk"], starts_on=last, due_on=last + timedelta(days=180),
        description="Costs of a campaign are above what the risk can cost in a year.",
    )  # fmt: skip
    gateway = begin_treatment(
        actor=people["risk"], risk_id=risks["Payment gateway fails in the evening peak"].pk, at=now, strategy="transfer",
        title="Penalties in the provider's contract", owner=people["risk2"], starts_on=last - timedelta(days=60), due_on=last,
    )  # fmt: skip
    end_treatment(
        actor=people["risk2"], treatment_id=gateway.pk, state="done", at=now,
        outcome="Signed: a hundredth of the month's fee for each hour.",
    )  # fmt: skip
