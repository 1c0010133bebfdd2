"""Who else looks at a ticket or types an answer: known for half a minute, in the cache alone.

It is a hint. What keeps two answers from crossing is `service.services.answers`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache

from service.models import Direction, TicketMessage
from staff.models import User

STAYS = timedelta(seconds=25)


def here(*, user: User, ticket_id: int, typing: bool, at: datetime) -> list[tuple[str, bool]]:
    """Note that somebody has the ticket open; return who else has, and whether they type."""
    key = f"desk:here:{ticket_id}"
    fresh = at - STAYS
    known: dict[int, tuple[str, bool, datetime]] = cache.get(key) or {}
    known = {pk: entry for pk, entry in known.items() if entry[2] > fresh}
    known[user.pk] = (str(user), typing, at)
    cache.set(key, known, STAYS.total_seconds())
    return [(name, types) for pk, (name, types, _at) in known.items() if pk != user.pk]


def newest_message(ticket_id: int) -> int:
    """The id of the newest message that a page of the ticket should show; notes are no reason to read again."""
    newest = TicketMessage.objects.filter(ticket_id=ticket_id).exclude(direction=Direction.NOTE)
    return newest.order_by("-pk").values_list("pk", flat=True).first() or 0
