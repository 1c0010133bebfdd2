"""The demo company's appetite for risk, and the parts of the classes that its risks belong to."""

from datetime import datetime, timedelta

from django.utils import timezone

from risk.models import Risk, RiskSubclass
from risk.services.appetite import propose_statement, watch_appetite
from risk.services.duties import find_conflicts
from risk.services.duty_rules import propose_exception
from risk.services.matrices import draft_matrix
from staff.models import User
from staff.services.changes import approve, execute_approved

STATEMENTS = [
    (
        "credit",
        "medium",
        "Loans are granted to known borrowers in small amounts; no single group may threaten the year.",
    ),
    ("liquidity", "low", "Client money is paid out on the day that it is asked for, whatever the market does."),
    ("operational", "medium", "Errors happen; none may reach a customer twice."),
    ("technology", "medium", "Systems may rest for minutes, never with data lost."),
    ("legal", "low", "No breach of a rule is taken for profit."),
]
WORDS = ["Seldom", "Now and then", "Often", "Every month"]
IMPACTS = ["Small", "Noticeable", "Large"]


def make_scales(people: dict[str, User], *, now: datetime) -> None:
    """Put every risk into a sub-class, state the appetite as two people would, hold the register against it, and
    leave a smaller matrix as a draft."""
    for risk_class in {name for name, _tolerance, _words in STATEMENTS}:
        parts = list(RiskSubclass.objects.filter(risk_class=risk_class))
        for number, risk in enumerate(Risk.objects.filter(risk_class=risk_class).order_by("pk")):
            risk.subclass = parts[number % len(parts)]
            risk.save(update_fields=["subclass"])
    for number, (risk_class, tolerance, words) in enumerate(STATEMENTS):
        request = propose_statement(
            actor=people["risk"], reason="Appetite for the year, as the committee drafted it", at=now,
            risk_class=risk_class, line_id=None, team_id=None, statement=words, tolerance=tolerance,
            lead_after_days=7, management_after_days=30, valid_from=timezone.localdate(now),
        )  # fmt: skip
        if number < len(STATEMENTS) - 1:
            approve(actor=people["management"], request_id=request.pk, comment="As discussed", at=now)
            execute_approved(request_id=request.pk, at=now)
    _accept_a_conflict(people, now)
    watch_appetite(business_date=timezone.localdate(now))
    places = [(row, column) for row in range(1, len(WORDS) + 1) for column in range(1, len(IMPACTS) + 1)]
    draft_matrix(
        actor=people["risk"], likelihoods=WORDS, impacts=IMPACTS,
        cells={place: (place[0] * place[1], _level(place[0] * place[1])) for place in places},
    )  # fmt: skip


def _accept_a_conflict(people: dict[str, User], now: datetime) -> None:
    """Accept the first conflict that merging customers makes; the others of the company stay open."""
    found = [one for one in find_conflicts() if one.rule.second == "customers.check_merge" and one.open]
    for conflict in found[:1]:
        request = propose_exception(
            actor=people["risk"], rule_id=conflict.rule.pk, person_id=conflict.open[0].person.pk, control_id=None,
            compensation="A second lead reads the list of merged customers every Monday",
            valid_until=timezone.localdate(now) + timedelta(days=90), reason="The team has one lead until spring", at=now,
        )  # fmt: skip
        approve(actor=people["management"], request_id=request.pk, comment="Until spring", at=now)
        execute_approved(request_id=request.pk, at=now)


def _level(score: int) -> str:
    return "critical" if score >= 12 else "high" if score >= 8 else "medium" if score >= 4 else "low"
