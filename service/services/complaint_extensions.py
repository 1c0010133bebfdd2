"""A longer deadline: asked for by one person while it runs, approved by another, told to the complainant."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import ComplaintClock, ComplaintExtension, ComplaintStep, EntryOfComplaint
from service.rules.complaint_days import LastDay
from service.services.complaint_clocks import (
    DECISIONS,
    decision_clock,
    end_of_rule,
    rule_for,
    rule_or_refusal,
    settle_due,
)
from service.services.complaint_entries import DECIDE, enter, locked_open, tell, wanted
from service.services.complaints import LATER
from staff.models import ChangeRequest, User
from staff.services.changes import propose

EXTEND = "service.complaint.extend"


def extended_until(clock: ComplaintClock) -> LastDay:
    """Return until when the law lets this clock be extended, once."""
    rule = rule_or_refusal(clock.complaint, ComplaintStep.EXTENSION, clock.complaint.received_on)
    return end_of_rule(rule, clock.due_on, clock.complaint.jurisdiction)


def check_extension(clock: ComplaintClock, *, at: datetime, due_on: str, actor: User) -> None:
    """Refuse what the law does not grant: a second time, a passed deadline, another day, a complaint that is over."""
    if not actor.has_perm(DECIDE) or clock.step not in DECISIONS:
        raise ValidationError(_("Only the deadline of a decision is extended."))
    if not clock.is_running or not clock.complaint.is_open:
        raise ValidationError(_("%(complaint)s is closed.") % {"complaint": clock.complaint})
    if clock.step == ComplaintStep.DECISION and _has_longer_term(clock):
        raise ValidationError(_("First find the complaint complex: the law has a longer term for that."))
    if clock.extensions.exists():
        raise ValidationError(_("This deadline was extended before, and once is all that the rule allows."))
    if timezone.localdate(at) > clock.due_on:
        raise ValidationError(_("The deadline has passed: it can be extended only while it runs."))
    if extended_until(clock).due.isoformat() != due_on:
        raise ValidationError(_("The law extends this deadline to another day: look at the complaint again."))


def _has_longer_term(clock: ComplaintClock) -> bool:
    complaint = clock.complaint
    return rule_for(complaint, ComplaintStep.DECISION_COMPLEX, complaint.received_on) is not None


@transaction.atomic
def ask_for_extension(*, actor: User, complaint_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Ask for the extension that the law knows; the complainant is told once somebody else has approved it."""
    complaint = locked_open(actor, complaint_id, DECIDE)
    said = wanted(reason, "reason", _("Say why it takes longer."))
    clock = decision_clock(complaint)
    if clock is None:
        raise ValidationError(_("No decision is due that could be extended."))
    arguments = {"clock_id": clock.pk, "due_on": extended_until(clock).due.isoformat()}
    return propose(actor=actor, command=EXTEND, arguments=arguments, reason=said, at=at)


def extend_clock(*, actor: User, clock_id: int, due_on: str, request: ChangeRequest) -> ComplaintClock:
    """Carry out an approved extension: the clock, the complaint's deadline, and what the complainant is told."""
    clock = ComplaintClock.objects.select_for_update(of=("self",)).select_related("complaint__ticket").get(pk=clock_id)
    at = request.executed_at or timezone.now()
    check_extension(clock, at=at, due_on=due_on, actor=actor)
    name_act("service.complaint.extended", reason=str(clock.complaint))
    complaint, end = clock.complaint, extended_until(clock)
    told = tell(
        complaint, LATER, by=actor, at=at, number=complaint.ticket.reference, due=end.due.isoformat(),
        reason=request.reason,
    )  # fmt: skip
    ComplaintExtension.objects.create(
        complaint=complaint, clock=clock, from_on=clock.due_on, due_on=end.due, message=told, approval=request,
        by=actor, at=at, rule=rule_or_refusal(complaint, ComplaintStep.EXTENSION, complaint.received_on),
    )  # fmt: skip
    clock.counted_on, clock.due_on, clock.warned_at, clock.told_at = end.counted, end.due, None, None
    clock.save(update_fields=["counted_on", "due_on", "warned_at", "told_at"])
    enter(complaint, EntryOfComplaint.EXTENDED, by=actor, at=at, text=request.reason)
    settle_due(complaint)
    return clock
