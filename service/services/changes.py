"""Changes of what a ticket is and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Queue, Ticket, TicketStatus
from service.rules.tags import tidy_tags
from service.services.tickets import changed, locked
from staff.models import User

FIELDS = ("kind", "priority", "queue", "assignee", "tags", "line")
MOST_TAGS = 20


@transaction.atomic
def change_ticket(
    *,
    actor: User,
    ticket_id: int,
    at: datetime,
    kind: str,
    priority: int,
    queue: Queue | None,
    assignee: User | None,
    tags: Sequence[str],
    line: str,
) -> Ticket:
    """Give a ticket another kind, priority, queue, agent, tags or line; what stays the same writes nothing."""
    ticket = locked(ticket_id)
    _may_assign(actor, ticket, assignee)
    wanted = {
        "kind": kind,
        "priority": priority,
        "queue": queue,
        "assignee": assignee,
        "tags": tidy_tags(tags),
        "line": line,
    }
    if len(wanted["tags"]) > MOST_TAGS:  # type: ignore[arg-type]
        raise ValidationError({"tags": _("A ticket bears at most %(most)d tags.") % {"most": MOST_TAGS}})
    different = [field for field in FIELDS if getattr(ticket, field) != wanted[field]]
    if not different:
        return ticket
    name_act("service.ticket.assigned" if "assignee" in different else "service.ticket.changed")
    for field in different:
        setattr(ticket, field, wanted[field])
    if "assignee" in different:
        different += _taken_up(ticket)
    ticket.save(update_fields=different)
    changed(ticket, at)
    return ticket


@transaction.atomic
def take_ticket(*, actor: User, ticket_id: int, at: datetime) -> Ticket:
    """Make a ticket one's own, if nobody has it."""
    ticket = locked(ticket_id)
    if ticket.assignee_id == actor.pk:
        return ticket
    _may_assign(actor, ticket, actor)
    name_act("service.ticket.assigned")
    ticket.assignee = actor
    ticket.save(update_fields=["assignee", *_taken_up(ticket)])
    changed(ticket, at)
    return ticket


def _taken_up(ticket: Ticket) -> list[str]:
    """A new ticket that somebody has is open."""
    if ticket.assignee is None or ticket.status != TicketStatus.NEW:
        return []
    ticket.status = TicketStatus.OPEN
    return ["status"]


def _may_assign(actor: User, ticket: Ticket, assignee: User | None) -> None:
    """An agent takes what is free and lets go of their own; who gives tickets to others may do all of it."""
    if ticket.assignee_id == (assignee.pk if assignee else None) or actor.has_perm("service.assign_ticket"):
        return
    if assignee is not None and not assignee.has_perm("service.answer_ticket"):
        raise ValidationError({"assignee": _("%(person)s does not answer tickets.") % {"person": assignee}})
    takes = ticket.assignee_id is None and assignee == actor
    lets_go = ticket.assignee_id == actor.pk and assignee is None
    if not (takes or lets_go):
        raise PermissionDenied(_("You take tickets that nobody has. Your lead gives them to others."))
