"""What is audited in a year: drafted, filled by a stated rule, agreed by two people, and begun line by line."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from assurance.models import AuditPlan, AuditPlanLine, AuditUnit
from assurance.rules.planning import Part, Standing, days_for, due_quarter, months_between, parts_of, priority_of
from assurance.sql import statement
from audit.services import name_act
from risk.services.register import matrix_in_force
from staff.models import ChangeRequest, User
from staff.services.changes import propose

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Due:
    """How an area stands: the parts of its priority, and the quarter in which it is due; None after the year."""

    parts: list[Part]
    quarter: int | None

    @property
    def priority(self) -> int:
        return priority_of(self.parts)


@transaction.atomic
def draft_plan(*, actor: User, year: int, at: datetime) -> AuditPlan:
    """Write the next version of a year's plan as a draft, beginning with the lines of the one in force."""
    if AuditPlan.objects.drafts().filter(year=year).exists():
        raise ValidationError({"year": _("There is a draft for this year already.")})
    newest = AuditPlan.objects.filter(year=year).aggregate(newest=Max("version"))["newest"] or 0
    plan = AuditPlan(year=year, version=newest + 1, drafted_by=actor, drafted_at=at)
    plan.full_clean()
    name_act("assurance.plan.drafted")
    plan.save()
    older = AuditPlan.objects.in_force(year).first()
    if older:
        AuditPlanLine.objects.bulk_create(_copies(older, plan))
    return plan


@transaction.atomic
def propose_lines(*, actor: User, plan_id: int, at: datetime) -> int:
    """Add a line for every area that is due in the plan's year, that the actor sees and the plan lacks; return how many.

    The actor leads those that they do not own; the others wait for somebody to be named."""
    plan = _draft(plan_id)
    owned = set(AuditUnit.objects.filter(owners=actor).values_list("pk", flat=True))
    lines = [
        AuditPlanLine(
            plan=plan, unit=unit, quarter=due.quarter or 1, person_days=days_for(due.priority), priority=due.priority,
            parts=_stored(due.parts), lead=None if unit.pk in owned else actor,
        )
        for unit, due in due_and_unplanned(plan, actor, at)
    ]  # fmt: skip
    name_act("assurance.plan.lines_proposed")
    return len(AuditPlanLine.objects.bulk_create(lines))


@transaction.atomic
def write_line(*, actor: User, plan_id: int, unit: AuditUnit, at: datetime, **fields: Any) -> AuditPlanLine:
    """Add an area to a draft, or change its line; `fields` are quarter, person_days, lead and note."""
    plan = _draft(plan_id)
    line = AuditPlanLine.objects.filter(plan=plan, unit=unit).first() or AuditPlanLine(plan=plan, unit=unit)
    for name, value in fields.items():
        setattr(line, name, value)
    if line.lead is not None and unit.owners.filter(pk=line.lead.pk).exists():
        raise ValidationError(
            {"lead": _("%(person)s owns this area, so cannot audit it: choose somebody else.") % {"person": line.lead}}
        )
    due = standings([unit], plan.year, at)[unit.pk]
    line.priority, line.parts = due.priority, _stored(due.parts)
    line.full_clean()
    name_act("assurance.plan.line_written")
    line.save()
    return line


@transaction.atomic
def remove_line(*, actor: User, line_id: int) -> None:
    """Take an area out of a draft."""
    line = AuditPlanLine.objects.get(pk=line_id)
    _draft(line.plan_id)
    name_act("assurance.plan.line_removed")
    line.delete()


def checked_plan(*, plan_id: int) -> AuditPlan:
    """Return a draft that may be agreed to; ValidationError while it is empty or a line lacks an independent lead."""
    plan = AuditPlan.objects.get(pk=plan_id)
    if plan.agreed:
        raise ValidationError(_("This plan is agreed already."))
    if not plan.lines.exists():
        raise ValidationError(_("The plan is empty: propose its lines, or write them."))
    if wanting := list(plan.lines.wanting().select_related("unit")[:5]):
        areas = ", ".join(str(line.unit) for line in wanting)
        raise ValidationError(_("Name somebody independent to lead these audits: %(areas)s.") % {"areas": areas})
    return plan


def propose_plan(*, actor: User, plan_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Ask that a draft comes into force; somebody else agrees."""
    arguments = {"plan_id": checked_plan(plan_id=plan_id).pk, "agreed": True}
    return propose(actor=actor, command="assurance.plan.in_force", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def put_in_force(*, actor: User, plan_id: int, reason: str, at: datetime) -> AuditPlan:
    """Let a plan begin, as two people agreed; the version before it stays as it was."""
    _draft(plan_id)
    plan = checked_plan(plan_id=plan_id)
    name_act("assurance.plan.in_force", reason=reason)
    plan.agreed, plan.agreed_at = True, at
    plan.save(update_fields=["agreed", "agreed_at"])
    return plan


def standings(units: Iterable[AuditUnit], year: int, at: datetime) -> dict[int, Due]:
    """Return how areas stand on a day, by their keys: one statement for any number of them."""
    today = timezone.localdate(at)
    cells = matrix_in_force(today).cells.aggregate(largest=Max("score"))
    wanted: dict[str, Any] = {"units": [unit.pk for unit in units], "since": today - YEAR}
    with connection.cursor() as cursor:
        cursor.execute(statement("planning_facts"), wanted)
        rows = cursor.fetchall()
    found = {}
    for pk, cycle, score, closed_at, findings, losses in rows:
        audited_on = timezone.localdate(closed_at) if closed_at else None
        months = months_between(audited_on, today) if audited_on else None
        parts = parts_of(Standing(score, cells["largest"] or 1, months, cycle, findings, losses))
        found[pk] = Due(parts, due_quarter(audited_on, cycle, year))
    return found


def due_and_unplanned(plan: AuditPlan, reader: User, at: datetime) -> list[tuple[AuditUnit, Due]]:
    """Return the areas that a reader sees, that are due in the plan's year and that the plan lacks; most pressing first."""
    seen = AuditUnit.objects.visible_to(reader).exclude(pk__in=plan.lines.values("unit"))
    units = list(seen.select_related("line"))
    found = standings(units, plan.year, at)
    due = [(unit, found[unit.pk]) for unit in units if found[unit.pk].quarter is not None]
    return sorted(due, key=lambda one: (-one[1].priority, one[0].code))


def _stored(parts: list[Part]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def _copies(older: AuditPlan, plan: AuditPlan) -> list[AuditPlanLine]:
    """The lines of an older version, of a plan that follows it; whoever owns an area by now leads it no more."""
    wanting = set(older.lines.wanting().values_list("pk", flat=True))
    lines = list(older.lines.all())
    for line in lines:
        line.lead_id = None if line.pk in wanting else line.lead_id
        line.pk, line.plan = None, plan
    return lines


def _draft(plan_id: int) -> AuditPlan:
    plan = AuditPlan.objects.select_for_update(of=["self"]).get(pk=plan_id)
    if plan.agreed:
        raise ValidationError(_("This plan is agreed already."))
    return plan
