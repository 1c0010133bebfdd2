"""How much risk is taken: statements in revisions, and which risks stand above them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import AppetiteBreach, AppetiteStatement, Risk, RiskLevel
from risk.services.reassessments import force_reassessment
from risk.services.scope import check_line
from staff.models import ChangeRequest, NotificationKind, User
from staff.rules.roles import Role
from staff.services.changes import propose
from staff.services.notifications import notify

LEVELS = list(RiskLevel.values)  # from low to critical


def checked_statement(*, actor: User, **fields: Any) -> AppetiteStatement:
    """Return a revision as it would be written; ValidationError for one in the past, or outside the actor's lines."""
    made = AppetiteStatement(**fields)
    check_line(actor, made.line_id)
    if made.management_after_days < made.lead_after_days:
        raise ValidationError({"management_after_days": _("Management hears after the lead, not before.")})
    made.full_clean()
    return made


@transaction.atomic
def propose_statement(*, actor: User, reason: str, at: datetime, **fields: Any) -> ChangeRequest:
    """Ask for a revision of the appetite; it is in force from its day once somebody else has agreed."""
    made = checked_statement(actor=actor, **fields)
    if made.valid_from < timezone.localdate(at):
        raise ValidationError({"valid_from": _("A statement begins today or later.")})
    arguments = {
        "risk_class": made.risk_class,
        "line_id": made.line_id,
        "team_id": made.team_id,
        "statement": made.statement,
        "tolerance": made.tolerance,
        "lead_after_days": made.lead_after_days,
        "management_after_days": made.management_after_days,
        "valid_from": made.valid_from.isoformat(),
    }
    return propose(actor=actor, command="risk.appetite.revise", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def revise_appetite(*, actor: User, reason: str, **fields: Any) -> AppetiteStatement:
    """Write the revision that two people agreed on."""
    made = checked_statement(actor=actor, **fields)
    name_act("risk.appetite.revised", reason=reason)
    made.save()
    return made


def appetite_for(risk: Risk, at: date) -> AppetiteStatement | None:
    """Return the statement that a risk is held against on `at`: of its line and its owner's unit, else of the line,
    else of the unit, else of the whole company."""
    return _appetite_of(risk, list(AppetiteStatement.objects.in_force(at).for_list()), _units())


def is_above(level: str, tolerance: str) -> bool:
    """Return whether a residual level is graver than what is taken."""
    return LEVELS.index(level) > LEVELS.index(tolerance)


@transaction.atomic
def watch_appetite(*, business_date: date) -> int:
    """Hold every open risk against the appetite in force; open and close breaches, tell who must hear of them.
    A new breach forces a new assessment of its risk.

    Returns how many risks stand outside. Running it again for the same day tells nobody twice.
    """
    statements, units = list(AppetiteStatement.objects.in_force(business_date).for_list()), _units()
    open_breaches = {breach.risk_id: breach for breach in AppetiteBreach.objects.open().select_for_update(of=["self"])}
    rated = Risk.objects.open().filter(residual__isnull=False).select_related("residual", "owner")
    outside = {}
    for risk in rated:
        statement = _appetite_of(risk, statements, units)
        if statement and risk.residual and is_above(risk.residual.level, statement.tolerance):
            outside[risk.pk] = (risk, statement)
    name_act("risk.appetite.watched")
    _close([breach for pk, breach in open_breaches.items() if pk not in outside], business_date)
    begun = AppetiteBreach.objects.bulk_create(
        AppetiteBreach(risk=risk, statement=statement, opened_on=business_date)
        for pk, (risk, statement) in outside.items()
        if pk not in open_breaches
    )
    for breach in begun:
        _assess_anew(breach)
    for breach in AppetiteBreach.objects.open().for_list():
        _tell(breach, business_date)
    return len(outside)


def _assess_anew(breach: AppetiteBreach) -> None:
    """Ask once for each breach; the next residual rating answers, and the breach may go on."""
    force_reassessment(
        actor=None,
        risk=breach.risk,
        cause_key=f"appetite:{breach.pk}",
        cause=_("It stands above the appetite: %(statement)s") % {"statement": breach.statement},
        url=reverse("risk:outside_appetite"),
        at=timezone.now(),
    )


def _close(breaches: list[AppetiteBreach], day: date) -> None:
    AppetiteBreach.objects.filter(pk__in=[breach.pk for breach in breaches]).update(closed_on=day)


def _units() -> dict[int, set[int]]:
    """Person → the units they belong to."""
    found: dict[int, set[int]] = {}
    for person, unit in User.teams.through.objects.values_list("user_id", "team_id"):
        found.setdefault(person, set()).add(unit)
    return found


def _appetite_of(
    risk: Risk, statements: list[AppetiteStatement], units: dict[int, set[int]]
) -> AppetiteStatement | None:
    mine = units.get(risk.owner_id or 0, set())
    fitting = [
        statement
        for statement in statements
        if statement.risk_class == risk.risk_class
        and statement.line_id in (None, risk.line_id)
        and (statement.team_id is None or statement.team_id in mine)
    ]
    strictest = lambda one: (one.line_id is None, one.team_id is None, LEVELS.index(one.tolerance))  # noqa: E731
    return min(fitting, key=strictest, default=None)


def _tell(breach: AppetiteBreach, day: date) -> None:
    """The owner hears at once (the risk office where there is none), the lead and management once their days are up."""
    stood = day - breach.opened_on
    statement, risk = breach.statement, breach.risk
    _notify(breach, "owner", [risk.owner_id] if risk.owner_id else _in_role(Role.RISK))
    if stood >= timedelta(days=statement.lead_after_days):
        lead = statement.team.lead_id if statement.team else None
        _notify(breach, "lead", [lead] if lead else _in_role(Role.RISK))
    if stood >= timedelta(days=statement.management_after_days):
        _notify(breach, "management", _in_role(Role.MANAGEMENT))


def _in_role(role: Role) -> list[int]:
    return list(User.objects.active().in_role(role).distinct().values_list("pk", flat=True))


def _notify(breach: AppetiteBreach, step: str, people: list[int]) -> None:
    risk = breach.risk
    notify(
        users=people,
        kind=NotificationKind.REVIEW,
        key=f"appetite:{breach.pk}:{step}",
        title=lambda: _("%(risk)s stands above the appetite") % {"risk": risk.reference},
        body=risk.title,
        url=reverse("risk:risk_detail", args=[risk.reference]),
        at=timezone.now(),
    )
