from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.models import Customer, Interaction, InteractionKind
from customers.services.interactions import log_contact
from service.models import Channel, Queue, Ticket, TicketStatus
from service.services.opening import open_ticket_with_words
from service.services.tickets import set_status
from staff.models import User


@dataclass(frozen=True)
class Call:
    """What stays of a call: a line in the customer's timeline, and its ticket."""

    contact: Interaction
    ticket: Ticket


@transaction.atomic
def log_call(
    *,
    actor: User,
    customer: Customer,
    subject: str,
    kind: str,
    text: str,
    is_resolved: bool,
    at: datetime,
    queue: Queue | None = None,
) -> Call:
    """Keep a call that has just ended: settled at once, or a ticket that somebody goes on with, who is the one that took
    it where no queue is named."""
    contact = log_contact(
        actor=actor, customer_id=customer.pk, kind=InteractionKind.CALL, title=subject, text=text, internal=False,
        at=at, now=at,
    )  # fmt: skip
    ticket = open_ticket_with_words(
        actor=actor, at=at, channel=Channel.PHONE, customer=customer, subject=subject, kind=kind, text=text,
        queue=None if is_resolved else queue, is_mine=is_resolved or queue is None,
    )  # fmt: skip
    if is_resolved:
        ticket = set_status(actor=actor, ticket_id=ticket.pk, status=TicketStatus.RESOLVED, at=at)
    return Call(contact, ticket)
