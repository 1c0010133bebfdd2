"""The clocks of tickets: reckoned anew whenever a ticket, a policy or a calendar changes, for one ticket or for all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from audit.services import name_act
from service.models import Channel, ClockKind, Ticket, TicketClock
from service.services.calendars import cover, lay_out_again
from service.sql import statement

SPOKEN = [Channel.PHONE, Channel.VISIT]  # somebody answers as the ticket opens, so no first response is waited for
CHUNK = 10_000


def follow(ticket: Ticket, at: datetime) -> None:
    """Keep the clocks of a ticket that has opened or changed; stands in AFTER_OPENING and AFTER_CHANGE."""
    reckon([ticket.pk], first=ticket.opened_at, at=at)
    ticket.due_at = Ticket.objects.values_list("due_at", flat=True).get(pk=ticket.pk)


def reckon(tickets: Sequence[int], *, first: datetime, at: datetime) -> int:
    """Write states and clocks of tickets, none of which opened before `first`, as they stand at `at`; return how many
    clocks are new or changed. Doing it again changes nothing."""
    cover(first=first, at=at)
    with connection.cursor() as cursor:
        cursor.execute(statement("spans_write"), {"tickets": list(tickets), "at": at})
        cursor.execute(
            statement("clocks_write").replace("{reckoned}", statement("clocks_reckoned")), asked_of(tickets, at=at)
        )
        written = cursor.rowcount
        cursor.execute(statement("causes_write"), {"tickets": list(tickets)})
        cursor.execute(statement("due_write"), {"tickets": list(tickets)})
    return written


def asked_of(tickets: Sequence[int], *, at: datetime, draft: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return the parameters of `clocks_reckoned`; `draft` holds versions of policies that are only proposed."""
    return {
        "tickets": list(tickets),
        "at": at,
        "spoken": [str(channel) for channel in SPOKEN],
        "kinds": list(ClockKind.values),
        "draft": json.dumps(list(draft)),
    }


def recompute_open(*, at: datetime, chunk: int = CHUNK) -> int:
    """Reckon the clocks of every open ticket anew, some thousands a transaction; return how many clocks changed.

    Set-based, and safe to run twice or beside people at work: a ticket that somebody holds is waited for."""
    changed = 0
    for tickets in _chunks(chunk):
        with transaction.atomic():
            name_act("service.clock.recomputed")
            held = list(
                Ticket.objects.filter(pk__in=tickets).order_by("pk").select_for_update().values_list("pk", flat=True)
            )
            first = Ticket.objects.filter(pk__in=held).aggregate(first=Min("opened_at"))["first"]
            changed += reckon(held, first=first, at=at) if held else 0
    return changed


def _chunks(size: int) -> Iterator[list[int]]:
    last = 0
    while found := list(Ticket.objects.open().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]):
        yield found
        last = found[-1]


def lay_out_and_recompute(*, at: datetime) -> int:
    """Lay the calendars out anew and, where one of them changed, reckon every open ticket; return how many clocks
    changed."""
    return recompute_open(at=at) if lay_out_again(at=at) else 0


@transaction.atomic
def mark_passed(*, at: datetime) -> int:
    """Mark the clocks whose deadline has passed, with the likeliest cause; return of how many tickets. One that somebody
    holds is left for the next minute."""
    passed = TicketClock.objects.passed(at).order_by("pk").values_list("ticket_id", flat=True)[:CHUNK]
    free = Ticket.objects.filter(pk__in=list(passed)).order_by("pk").select_for_update(skip_locked=True)
    held = list(free.values_list("pk", "opened_at"))
    if not held:
        return 0
    tickets = [ticket for ticket, _opened in held]
    reckon(tickets, first=min(opened for _ticket, opened in held), at=at)
    return len(tickets)
