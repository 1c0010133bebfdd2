from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Direction, Ticket, TicketMessage, TicketStatus
from service.services.tickets import ENDED, changed, locked
from staff.models import User

# Who brings an answer to the customer: `(ticket, message)`, in the transaction that writes it. Chat and mail put it into
# their outbox here; what they send leaves the house after the commit, by their own task.
AFTER_ANSWER: list[Callable[[Ticket, TicketMessage], Any]] = []
# What follows a customer's own words: `(ticket, message)`, in the same transaction.
AFTER_WORDS: list[Callable[[Ticket, TicketMessage], Any]] = []
LONGEST = 100_000  # signs; a longer message is refused with a sentence, a mail is cut and its whole kept as a file


@transaction.atomic
def add_message(
    *,
    actor: User | None,
    ticket_id: int,
    direction: str,
    text: str,
    at: datetime,
    channel: str = "",
    external_id: str = "",
) -> TicketMessage:
    """Add a message to a ticket, once for each external id of a channel.

    A customer's message opens a waiting or resolved ticket again; an answer stamps the first one."""
    ticket = locked(ticket_id)
    channel = channel or ticket.channel
    if external_id:
        known = TicketMessage.objects.filter(channel=channel, external_id=external_id).first()
        if known:
            return known
    _check(text)
    name_act(f"service.message.{direction}")
    message = TicketMessage.objects.create(
        ticket=ticket,
        direction=direction,
        channel=channel,
        text=text.replace("\x00", ""),
        author=actor,
        at=at,
        external_id=external_id,
    )
    if direction != Direction.NOTE:
        _answered(ticket, direction, at)
    for then in {Direction.OUT: AFTER_ANSWER, Direction.IN: AFTER_WORDS}.get(Direction(direction), []):
        then(ticket, message)
    return message


def _check(text: str) -> None:
    if not text.replace("\x00", "").strip():
        raise ValidationError({"text": _("Write a message.")})
    if len(text) > LONGEST:
        raise ValidationError(
            {"text": _("A message has at most %(most)d signs; this one has %(n)d.") % {"most": LONGEST, "n": len(text)}}
        )


def _answered(ticket: Ticket, direction: str, at: datetime) -> None:
    ticket.last_message_at = at
    if direction == Direction.OUT:
        ticket.first_answered_at = ticket.first_answered_at or at
        if ticket.status == TicketStatus.NEW:
            ticket.status = TicketStatus.OPEN
    elif ticket.status in ENDED or ticket.status == TicketStatus.WAITING:
        ticket.reopened += ticket.status in ENDED
        ticket.status, ticket.resolved_at, ticket.closed_at = TicketStatus.OPEN, None, None
    ticket.save(
        update_fields=["last_message_at", "first_answered_at", "status", "resolved_at", "closed_at", "reopened"]
    )
    changed(ticket, at)
