"""Figures of the agent's home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from pages.keyset import Count as Capped
from pages.keyset import capped_count
from pages.parts import open_to
from service.filters.tickets import SOON
from service.models import Ticket, TicketRating
from service.registries import BOXES
from staff.models import User

RATED_DAYS = timedelta(days=30)


@dataclass(frozen=True)
class Box:
    """One figure, the list behind it, and how grave it is."""

    label: Any
    figure: Any
    url: str
    tone: str = ""


def boxes_of(user: User, at: datetime) -> list[Box]:
    """The figures of the home, each with the list that shows its rows; one query each, counted up to a thousand."""
    seen = Ticket.objects.visible_to(user)
    tickets = reverse("service:ticket_list")
    own = [
        (_("Mine"), seen.open().of(user), "state=open&assignee=me&view=mine", ""),
        (_("Breached"), seen.overdue(at), "due=breached&view=breached", "red"),
        (_("Breaching soon"), seen.due_between(at, at + SOON), "due=soon&view=soon", "amber"),
        (_("Unassigned"), seen.open().unassigned(), "state=open&assignee=none&view=unassigned", ""),
    ]
    boxes = [_box(label, capped_count(rows), f"{tickets}?{query}", tone) for label, rows, query, tone in own]
    for entry in open_to(user, BOXES):
        count = entry.count(user, at)
        if count is not None:
            boxes.append(Box(entry.label, count, entry.url(user), entry.tone if count else ""))
    return boxes


def _box(label: Any, count: Capped, url: str, tone: str) -> Box:
    return Box(label, count, url, tone if count.number else "")


def ratings_of(user: User, at: datetime) -> dict[str, Any]:
    """What customers said of somebody's work in the last thirty days, and how much was settled at the first contact."""
    recent = TicketRating.objects.filter(agent=user, at__gte=at - RATED_DAYS)
    told = recent.aggregate(n=Count("pk"), mean=Avg("rating"))
    # The agent is counted and not the key: the index over who resolved what then answers alone.
    ended = Ticket.objects.filter(assignee=user, resolved_at__gte=at - RATED_DAYS).aggregate(
        n=Count("assignee"), first=Count("assignee", filter=Q(first_contact=True))
    )
    share = ended["first"] / ended["n"] if ended["n"] else None
    return {"n": told["n"], "mean": told["mean"], "resolved": ended["n"], "first_contact": share}
