"""Two tickets that are one concern become one, and can be parted again with nothing lost or doubled."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Subtask, Ticket, TicketMerge, TicketMessage, TicketStatus, TimeEntry
from service.services.tickets import changed
from staff.models import User

MOVED = (TicketMessage, Subtask, TimeEntry)


@transaction.atomic
def merge_tickets(*, actor: User, source_id: int, target_id: int, at: datetime) -> TicketMerge:
    """Move everything of one ticket into another of the same customer; the first one ends, and its number leads on."""
    if source_id == target_id:
        raise ValidationError(_("A ticket is not merged with itself."))
    source, target = _both(source_id, target_id)
    _may_become_one(source, target)
    name_act("service.ticket.merged")
    merge = TicketMerge.objects.create(
        source=source,
        target=target,
        by=actor,
        at=at,
        status=source.status,
        resolved_at=source.resolved_at,
        closed_at=source.closed_at,
        tags_added=sorted(set(source.tags) - set(target.tags)),
    )
    for model in MOVED:
        # What had come with a third ticket keeps that: it goes back there, whichever way things are parted.
        model.objects.filter(ticket=source, came_with=None).update(came_with=source)
        model.objects.filter(ticket=source).update(ticket=target)
    source.merged_into, source.status = target, TicketStatus.CLOSED
    source.closed_at, source.resolved_at = at, source.resolved_at or at
    source.save(update_fields=["merged_into", "status", "closed_at", "resolved_at"])
    target.tags = sorted({*target.tags, *source.tags})
    _counted(target)
    _counted(source)
    changed(source, at)
    changed(target, at)
    return merge


@transaction.atomic
def unmerge_ticket(*, actor: User, source_id: int, at: datetime) -> TicketMerge:
    """Part a ticket from the one that it went into: each message, file, sub-task, time and tag is back where it was."""
    merge = TicketMerge.objects.filter(source_id=source_id, undone_at=None).first()
    if merge is None:
        raise ValidationError(_("This ticket is not merged into another."))
    source, target = _both(source_id, merge.target_id)
    merge = TicketMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at or source.merged_into_id != target.pk:
        raise ValidationError(_("This ticket is not merged into another."))
    name_act("service.ticket.unmerged")
    for model in MOVED:
        model.objects.filter(came_with__in=_taken_in_by(source)).update(ticket=source)
        model.objects.filter(came_with=source).update(ticket=source, came_with=None)
    source.merged_into, source.status = None, merge.status
    source.closed_at, source.resolved_at = merge.closed_at, merge.resolved_at
    source.save(update_fields=["merged_into", "status", "closed_at", "resolved_at"])
    target.tags = sorted(set(target.tags) - set(merge.tags_added))
    _counted(target)
    _counted(source)
    merge.undone_at, merge.undone_by = at, actor
    merge.save(update_fields=["undone_at", "undone_by"])
    changed(source, at)
    changed(target, at)
    return merge


def _both(source_id: int, target_id: int) -> tuple[Ticket, Ticket]:
    """Both rows, locked in the order of their numbers, so that two merges the opposite ways do not wait for each other
    forever."""
    rows = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=[source_id, target_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[source_id], found[target_id]


def _may_become_one(source: Ticket, target: Ticket) -> None:
    for ticket in (source, target):
        if ticket.merged_into_id:
            raise ValidationError(
                _("%(one)s was merged into %(other)s already.") % {"one": ticket, "other": ticket.merged_into}
            )
    if source.customer_id and source.customer_id != target.customer_id:
        raise ValidationError(_("These tickets are of different customers: one ticket is of one customer."))


def _taken_in_by(ticket: Ticket) -> list[int]:
    """The tickets that had gone into this one, those that had gone into them included."""
    found: list[int] = []
    level = [ticket.pk]
    while level:
        level = list(Ticket.objects.filter(merged_into__in=level).values_list("pk", flat=True))
        found += level
    return found


def _counted(ticket: Ticket) -> None:
    ticket.seconds_spent = ticket.times.aggregate(total=Sum("seconds"))["total"] or 0
    ticket.last_message_at = (
        ticket.messages.exclude(direction="note").order_by("-at").values_list("at", flat=True).first()
    )
    ticket.save(update_fields=["seconds_spent", "last_message_at", "tags"])
