from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer
from products.models import Product
from service.models import Direction, Queue, Ticket, TicketStatus
from service.rules.contacts import at_first_contact
from staff.models import User

# What else happens when a ticket opens or changes its state: `(ticket, at)`, in the same transaction. The clocks, the
# assignment and the chat register themselves here, each in the `ready` of this room.
AFTER_OPENING: list[Callable[[Ticket, datetime], Any]] = []
AFTER_CHANGE: list[Callable[[Ticket, datetime], Any]] = []
ENDED = {TicketStatus.RESOLVED, TicketStatus.CLOSED}


@transaction.atomic
def open_ticket(
    *,
    actor: User | None,
    channel: str,
    subject: str,
    at: datetime,
    kind: str = "question",
    customer: Customer | None = None,
    contact: str = "",
    line: str = "",
    product: Product | None = None,
    queue: Queue | None = None,
    assignee: User | None = None,
    priority: int = 3,
    language: str = "",
    tags: Sequence[str] = (),
    source: str = "",
    external_id: str = "",
    parent: Ticket | None = None,
) -> Ticket:
    """Open a ticket; the same (source, external id) gives the ticket that stands there already. `actor` is None where a
    customer's own message opens it."""
    if external_id:
        known = Ticket.objects.filter(source=source, external_id=external_id).first()
        if known:
            return known
    if not subject.strip():
        raise ValidationError({"subject": _("Say in a few words what it is about.")})
    name_act("service.ticket.opened")
    ticket = Ticket.objects.create(
        kind=kind,
        channel=channel,
        subject=" ".join(subject.split())[:200],
        customer=customer,
        contact=contact or None,
        line=line or (product.line_id if product else ""),
        region=customer.region if customer else "",
        product=product,
        queue=queue,
        assignee=assignee,
        status=TicketStatus.OPEN if assignee else TicketStatus.NEW,
        priority=priority,
        language=language or (customer.language if customer else ""),
        tags=sorted(set(tags)),
        source=source,
        external_id=external_id,
        parent=parent,
        opened_at=at,
    )
    ticket.refresh_from_db(fields=["reference"])
    for then in AFTER_OPENING:
        then(ticket, at)
    return ticket


def locked(ticket_id: int) -> Ticket:
    """Return the ticket with its row locked until the transaction ends; a merged one sends on to where it went."""
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    if ticket.merged_into_id:
        raise ValidationError(_("This ticket was merged into %(other)s: go on there.") % {"other": ticket.merged_into})
    return ticket


@transaction.atomic
def set_status(*, actor: User | None, ticket_id: int, status: str, at: datetime) -> Ticket:
    """Bring a ticket into another state; resolved ones that come back are counted as reopened."""
    ticket = locked(ticket_id)
    if ticket.status == status:
        return ticket
    name_act(f"service.ticket.{status}")
    ticket.reopened += ticket.status in ENDED and status not in ENDED
    ticket.status = status
    ticket.resolved_at = (ticket.resolved_at or at) if status in ENDED else None
    ticket.closed_at = at if status == TicketStatus.CLOSED else None
    if status in ENDED:
        ticket.first_contact = at_first_contact(_customers_messages(ticket), ticket.reopened)
    ticket.save(update_fields=["status", "resolved_at", "closed_at", "reopened", "first_contact"])
    changed(ticket, at)
    return ticket


def _customers_messages(ticket: Ticket) -> int:
    """How often the customer wrote, up to twice; more need not be counted."""
    return len(ticket.messages.filter(direction=Direction.IN).values_list("pk", flat=True)[:2])


def changed(ticket: Ticket, at: datetime) -> None:
    """Tell what follows a ticket's state, queue, priority or messages that they changed."""
    for then in AFTER_CHANGE:
        then(ticket, at)
