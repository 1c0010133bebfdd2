"""Changes of rules: recorded, assessed, closed by what was done or by why they are not for the company."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import ChangeEntry, ChangeState, RegulatoryChange
from identification.rules.changes import may_move
from pages.formats import day
from products.models import BusinessLine
from risk.services.scope import check_line
from staff.models import NotificationKind, User
from staff.rules.roles import Role
from staff.services.notifications import notify

CHANGEABLE = (
    "title",
    "authority",
    "jurisdictions",
    "summary",
    "link",
    "published_on",
    "in_force_on",
    "gap",
    "owner",
    "due_on",
)


@transaction.atomic
def record_change(
    *, actor: User, at: datetime, lines: Iterable[BusinessLine] = (), **fields: Any
) -> RegulatoryChange:  # fmt: skip
    """Record a change of rules as new; `fields` are names in CHANGEABLE. Its lines, none for the whole company, must be in
    the actor's scope."""
    chosen = _checked_lines(actor, lines)
    _check_names(fields)
    change = RegulatoryChange(recorded_by=actor, recorded_at=at, **fields)
    change.full_clean(exclude=["reference"])
    name_act("identification.change.recorded")
    change.save()
    change.refresh_from_db(fields=["reference"])
    change.lines.set(chosen)
    return change


@transaction.atomic
def edit_change(
    *, actor: User, change_id: int, lines: Iterable[BusinessLine], **fields: Any
) -> RegulatoryChange:  # fmt: skip
    """Change what is written about an open change of rules."""
    change = _locked(change_id)
    if not change.is_open:
        raise ValidationError(_("%(change)s is over: assess it again first.") % {"change": change.reference})
    chosen = _checked_lines(actor, lines, kept=change.lines.all())
    _check_names(fields)
    for name, value in fields.items():
        setattr(change, name, value)
    change.full_clean(exclude=["reference"])
    name_act("identification.change.edited")
    change.save(update_fields=list(fields))
    change.lines.set(chosen)
    return change


@transaction.atomic
def move_change(*, actor: User, change_id: int, state: str, text: str, at: datetime) -> RegulatoryChange:
    """Take a change of rules to another state and say why, which stays as an entry.

    A gap needs words, an owner and a day. Raises ValidationError for a way that does not exist and for silence.
    """
    change = _locked(change_id)
    if not may_move(change.state, state):
        raise ValidationError(
            _("%(change)s is %(state)s: it does not go there from here.")
            % {"change": change.reference, "state": change.get_state_display()}
        )
    said = _said(text)
    change.state, change.reason = state, said if state == ChangeState.NOT_OURS else ""
    change.full_clean(exclude=["reference"])
    name_act(f"identification.change.{state}", reason=said)
    change.save(update_fields=["state", "reason"])
    ChangeEntry.objects.create(change=change, at=at, by=actor, text=said, state=state)
    return change


@transaction.atomic
def note_change(*, actor: User, change_id: int, text: str, at: datetime) -> ChangeEntry:
    """Write an entry about a change of rules, in whatever state; it stays."""
    change = _locked(change_id)
    name_act("identification.change.noted")
    return ChangeEntry.objects.create(change=change, at=at, by=actor, text=_said(text))


def remind_of_changes(*, business_date: date) -> int:
    """Tell owners of open changes of rules that are overdue on `business_date`, once for each change and due date;
    compliance hears of those without an owner. Return how many were told."""
    at = timezone.now()
    compliance = list(User.objects.active().in_role(Role.COMPLIANCE).values_list("pk", flat=True).distinct())
    overdue = RegulatoryChange.objects.overdue(business_date).select_related("owner").order_by("pk")
    return sum(_remind(change, compliance, at) for change in overdue)


def _remind(change: RegulatoryChange, compliance: list[int], at: datetime) -> int:
    owned = change.owner is not None and change.owner.is_active
    return notify(
        users=[change.owner] if owned and change.owner else compliance,
        kind=NotificationKind.REVIEW,
        key=f"regulatory-change:{change.pk}:overdue:{change.due_on}",
        title=lambda: _("%(change)s was due on %(day)s") % {"change": change.reference, "day": day(change.due_on)},
        body=change.title,
        url=change_url(change),
        at=at,
    )


def change_url(change: RegulatoryChange) -> str:
    return reverse("identification:change_detail", args=[change.reference])


def _checked_lines(
    actor: User, lines: Iterable[BusinessLine], kept: Iterable[BusinessLine] = ()
) -> list[BusinessLine]:  # fmt: skip
    """The lines chosen, and those that stand already outside the actor's scope: nobody takes away what they do not see."""
    chosen = list(lines)
    for line in chosen:
        check_line(actor, line.pk)
    hidden = [line for line in kept if actor.business_lines and line.pk not in actor.business_lines]
    return [*chosen, *hidden]


def _check_names(fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - set(CHANGEABLE):
        raise ValidationError(_("These cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})


def _said(text: str) -> str:
    if not text.strip():
        raise ValidationError({"text": _("Write something.")})
    return text.strip()


def _locked(change_id: int) -> RegulatoryChange:
    return RegulatoryChange.objects.select_for_update(of=["self"]).get(pk=change_id)
