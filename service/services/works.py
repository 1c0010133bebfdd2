"""Sub-tasks, links and time of a ticket."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import LinkKind, Subtask, Ticket, TicketLink, TimeEntry
from service.services.tickets import locked
from staff.models import User

MOST_SECONDS = 8 * 3600  # a day of work; more at one go is a page that was left open


@transaction.atomic
def add_subtask(*, actor: User, ticket_id: int, title: str, assignee: User | None, due_on: date | None) -> Subtask:
    """Add a part of the work to an open ticket."""
    ticket = locked(ticket_id)
    if not title.strip():
        raise ValidationError({"title": _("Say what is to do.")})
    name_act("service.subtask.added")
    return Subtask.objects.create(ticket=ticket, title=" ".join(title.split())[:200], assignee=assignee, due_on=due_on)


@transaction.atomic
def tick_subtask(*, actor: User, ticket_id: int, pk: int, at: datetime) -> Subtask:
    """Say that a part of the work is done, or that it is not after all."""
    locked(ticket_id)
    task = Subtask.objects.select_for_update().get(ticket_id=ticket_id, pk=pk)
    name_act("service.subtask.reopened" if task.done_at else "service.subtask.done")
    task.done_at, task.done_by = (None, None) if task.done_at else (at, actor)
    task.save(update_fields=["done_at", "done_by"])
    return task


@transaction.atomic
def link_tickets(*, actor: User, ticket_id: int, other_id: int, kind: str) -> TicketLink:
    """Say that two tickets have to do with each other; the same link the other way round is there already."""
    ticket = locked(ticket_id)
    if ticket_id == other_id:
        raise ValidationError({"other": _("A ticket is not linked with itself.")})
    there = Q(ticket_id=ticket_id, other_id=other_id)
    if kind == LinkKind.RELATED:
        there |= Q(ticket_id=other_id, other_id=ticket_id)
    if TicketLink.objects.filter(there, kind=kind).exists():
        raise ValidationError({"other": _("These tickets are linked so already.")})
    name_act("service.ticket.linked")
    return TicketLink.objects.create(ticket=ticket, other_id=other_id, kind=kind)


@transaction.atomic
def spend_time(*, actor: User, ticket_id: int, seconds: int, at: datetime) -> TimeEntry | None:
    """Add time that somebody worked on a ticket; none and nonsense is nothing."""
    seconds = min(seconds, MOST_SECONDS)
    if seconds < 1:
        return None
    ticket = locked(ticket_id)
    name_act("service.time.spent")
    Ticket.objects.filter(pk=ticket.pk).update(seconds_spent=F("seconds_spent") + seconds)
    return TimeEntry.objects.create(ticket=ticket, by=actor, seconds=seconds, at=at)
