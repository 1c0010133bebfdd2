from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from service.models import Direction, Ticket
from service.services.messages import add_message
from service.services.tickets import open_ticket
from staff.models import User


@transaction.atomic
def open_ticket_with_words(
    *, actor: User, at: datetime, text: str = "", is_mine: bool = False, **fields: Any
) -> Ticket:
    """Open a ticket that somebody of the desk takes down, with what the customer said as its first message."""
    ticket = open_ticket(actor=actor, at=at, assignee=actor if is_mine else None, **fields)
    if text.replace("\x00", "").strip():
        # What somebody took down by telephone was said by the customer, and is not that person's own answer.
        number = f"{ticket.source}:{ticket.external_id}" if ticket.external_id else ""
        add_message(actor=actor, ticket_id=ticket.pk, direction=Direction.IN, text=text, at=at, external_id=number)
    return ticket
