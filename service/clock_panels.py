"""What clocks put on the pages of tickets: a section beside the conversation, and chips in the list."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.clock_chips import Chips, with_clocks
from service.models import Ticket, TicketClock
from service.registries import ListColumns, SidePanel, register_columns, register_side
from staff.models import User

VIEW = "service.view_ticket"


def register() -> None:
    register_side(
        SidePanel("clocks", _("Deadlines"), clocks_panel, "service/clocks_panel.html", VIEW, order=10, queries=5)
    )
    register_columns(ListColumns("clocks", lambda user: (), with_clocks, VIEW))


def clocks_panel(user: User, ticket: Ticket) -> dict[str, Any] | None:
    """The clocks of a ticket as chips, those that run first; nothing where no policy gave it any."""
    clocks = TicketClock.objects.filter(ticket=ticket, is_void=False).select_related("policy__calendar")
    chips, newest = Chips(), {clock.kind: clock for clock in clocks.order_by("started_at", "pk")}
    if not newest:
        return None
    shown = sorted(newest.values(), key=lambda clock: (clock.met_at is not None, clock.due_at or clock.started_at))
    return {
        "clocks": [chips.of(clock, named=True) for clock in shown],
        "policy": shown[0].policy.name,
        "url": reverse("service:clock_ticket", args=[ticket.reference]),
    }
