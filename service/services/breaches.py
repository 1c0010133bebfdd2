"""How many promises were kept, and why the others were not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.utils.translation import gettext as _

from audit.services import name_act
from service.filters.breaches import BreachFilter
from service.models import BreachCause, ChosenCause, ClockKind, TicketClock
from staff.exports import Export
from staff.models import User

BATCH = 2_000


@dataclass(frozen=True)
class Kept:
    """How many promises of a group ended, and how many of them in time."""

    key: Any
    ended: int
    breached: int

    @property
    def share(self) -> float | None:
        return (self.ended - self.breached) / self.ended if self.ended else None


def _ended(at: datetime) -> Q:
    return Q(met_at__isnull=False) | Q(breached_at__lte=at)


def kept_by(clocks: Any, *fields: str, at: datetime) -> list[Kept]:
    """Return the promises that were met or broken by `at`, for each value of `fields`."""
    found = clocks.filter(_ended(at)).values(*fields).order_by(*fields)
    counted = found.annotate(ended=Count("pk"), late=Count("pk", filter=Q(breached_at__isnull=False)))
    key = (lambda row: row[fields[0]]) if len(fields) == 1 else (lambda row: tuple(row[name] for name in fields))
    return [Kept(key(row), row["ended"], row["late"]) for row in counted]


def kept_by_month(clocks: Any, *, at: datetime, zone: Any) -> dict[str, dict[Any, Kept]]:
    """Return, for each clock and month of its start, how many promises were kept."""
    by_month = clocks.annotate(month=TruncMonth("started_at", tzinfo=zone))
    found: dict[str, dict[Any, Kept]] = {kind: {} for kind in ClockKind.values}
    for row in kept_by(by_month, "kind", "month", at=at):
        kind, month = row.key
        found.setdefault(kind, {})[month.date()] = row
    return found


def causes_of(clocks: Any) -> list[tuple[str, int]]:
    """Return how many breaches each cause had, the commonest first."""
    counted = clocks.breached().with_cause().values("said").annotate(n=Count("pk"))
    by_cause = {row["said"]: row["n"] for row in counted}
    return sorted(((cause, by_cause.get(cause, 0)) for cause in BreachCause.values), key=lambda pair: -pair[1])


@transaction.atomic
def choose_cause(*, actor: User, clock_id: int, cause: str, at: datetime) -> ChosenCause:
    """Say what the cause of a breach was; saying it again replaces what was said."""
    name_act("service.clock.cause_chosen")
    chosen, _new = ChosenCause.objects.update_or_create(
        clock_id=clock_id, defaults={"cause": cause, "by": actor, "at": at}
    )
    return chosen


def breaches_asked_for(user: User, query: str) -> Any:
    """Return the breaches that match the filters of the list, as the person may see them."""
    seen = TicketClock.objects.visible_to(user).breached().for_list()
    return BreachFilter(QueryDict(query), queryset=seen).qs


def breaches_export(user: User, parameters: dict[str, Any]) -> Export:
    """Breaches as the list shows them; a ticket is named by its number alone."""
    asked = breaches_asked_for(user, parameters.get("query", ""))
    columns = [
        _("Ticket no."), _("Clock"), _("Cause"), _("Started"), _("Breached"), _("Met"), _("Target, minutes"),
        _("Used, minutes"), _("Queue"), _("Agent"), _("Service policy"), _("Kind"), _("Channel"), _("Priority"),
    ]  # fmt: skip
    return Export("breaches", columns, _rows(asked.order_by("breached_at", "pk")), asked.count())


def _rows(clocks: Any) -> Iterator[tuple[Any, ...]]:
    causes, kinds = dict(BreachCause.choices), dict(ClockKind.choices)
    for row in clocks.iterator(BATCH):
        ticket = row.ticket
        yield (
            ticket.reference, str(kinds[row.kind]), str(causes.get(row.said, "")), row.started_at, row.breached_at,
            row.met_at, row.target_seconds // 60, row.used_seconds // 60, str(ticket.queue or ""),
            str(ticket.assignee or ""), row.policy.name, ticket.get_kind_display(), ticket.get_channel_display(),
            ticket.get_priority_display(),
        )  # fmt: skip
