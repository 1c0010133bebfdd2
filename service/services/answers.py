"""Answering a ticket from its page, safe against two people answering at once."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from service.models import Direction, Macro, TicketMessage
from service.services.macros import apply_macro
from service.services.messages import add_message
from service.services.tickets import locked, set_status
from service.services.works import spend_time
from staff.models import User


class CameInBetween(ValidationError):
    """The page from which somebody answers did not show the newest message."""


@transaction.atomic
def answer_ticket(
    *,
    actor: User,
    ticket_id: int,
    direction: str,
    text: str,
    seen: int,
    at: datetime,
    status: str = "",
    macro: Macro | None = None,
    seconds: int = 0,
) -> TicketMessage:
    """Write an answer or a note, do to the ticket what `macro` does, and bring it into `status` where one is named.
    `seconds` is how long it was worked on.

    `seen` is the id of the newest message on the page that it is sent from, 0 where there was none. An answer to a
    ticket on which somebody else has written since is refused; a note is not, as it tells the customer nothing."""
    ticket = locked(ticket_id)
    if direction == Direction.OUT:
        _nothing_in_between(actor, ticket_id, seen)
    message = add_message(actor=actor, ticket_id=ticket_id, direction=direction, text=text, at=at)
    if macro:
        apply_macro(actor=actor, macro=macro, ticket=ticket, at=at)
    spend_time(actor=actor, ticket_id=ticket_id, seconds=seconds, at=at)
    if status:
        set_status(actor=actor, ticket_id=ticket_id, status=status, at=at)
    return message


def _nothing_in_between(actor: User, ticket_id: int, seen: int) -> None:
    newer = TicketMessage.objects.filter(ticket_id=ticket_id, pk__gt=seen).exclude(
        direction=Direction.NOTE, author=actor
    )
    if newer.exists():
        raise CameInBetween(_("Somebody wrote while you were typing. Read what came in, then send your answer again."))
