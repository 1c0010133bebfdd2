"""What rooms above customers put on a customer's page: plain lists, filled in `AppConfig.ready`.

Each entry says who may see it and how many queries it makes at most, whatever the customer has. A person without the
permission, or for whom the function returns None, sees nothing at all: no heading, no count, no gap.

    register_panel(Panel("tickets", _("Tickets"), tickets_panel, "service/tickets_panel.html", "service.view_ticket"))
    register_moments(Moments("tickets", ticket_moments, kind="contact", permission="service.view_ticket"))
    register_tab(Tab("tickets", _("Tickets"), "tickets/", "service.view_ticket"))
    register_flags(Flags("complaints", complaint_flags, permission="service.view_complaint"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from pages.parts import add_part, open_to

if TYPE_CHECKING:
    from customers.models import Customer
    from customers.services.timeline import Moment
    from staff.models import User

MAIN, SIDE = "main", "side"
Text = str | Promise


@dataclass(frozen=True)
class Panel:
    """A section of the overview. `context(user, customer)` gives what `template` knows as `panel`, or None for no
    section. The lower `order`, the higher it stands in its column."""

    key: str
    title: Text
    context: Callable[[User, Customer], dict[str, Any] | None]
    template: str
    permission: str = ""
    column: str = SIDE
    order: int = 50
    queries: int = 1


@dataclass(frozen=True)
class Moments:
    """Entries of the timeline: `moments(customer, reader, limit)` gives its newest, all of one `kind`, `contact` or
    `business`."""

    key: str
    moments: Callable[[Customer, User, int], Sequence[Moment]]
    kind: str = "business"
    permission: str = ""
    queries: int = 1


@dataclass(frozen=True)
class Tab:
    """A tab over all pages of a customer: `part` is the end of its address under the customer's, or a function of the
    customer that gives a whole address. The view calls `frame(request, customer, key)`."""

    key: str
    label: Text
    part: str | Callable[[Customer], str]
    permission: str = ""

    def url(self, customer: Customer) -> str:
        return self.part(customer) if callable(self.part) else f"/customers/{customer.reference}/{self.part}"


@dataclass(frozen=True)
class Flags:
    """Pills beside the customer's name on every page of theirs: `flags(user, customer)` gives (label, tone) pairs."""

    key: str
    flags: Callable[[User, Customer], Sequence[tuple[Text, str]]]
    permission: str = ""
    queries: int = 1


PANELS: list[Panel] = []
MOMENTS: list[Moments] = []
TABS: list[Tab] = []
FLAGS: list[Flags] = []


def register_panel(panel: Panel) -> None:
    if panel.column not in (MAIN, SIDE):
        raise ValueError(f"{panel.key}: a panel stands in {MAIN} or {SIDE}, not in {panel.column}.")
    add_part(PANELS, panel)
    PANELS.sort(key=lambda one: one.order)  # those of one order stay as they were registered


def register_moments(moments: Moments) -> None:
    add_part(MOMENTS, moments)


def register_tab(tab: Tab) -> None:
    add_part(TABS, tab)


def register_flags(flags: Flags) -> None:
    add_part(FLAGS, flags)


def panels_of(user: User, customer: Customer) -> dict[str, list[dict[str, Any]]]:
    """Return, for each column, the panels that the person sees, in order, each with its context."""
    shown: dict[str, list[dict[str, Any]]] = {MAIN: [], SIDE: []}
    for panel in open_to(user, PANELS):
        context = panel.context(user, customer)
        if context is not None:
            entry = {"key": panel.key, "title": panel.title, "template": panel.template, "context": context}
            shown[panel.column].append(entry)
    return shown


def flags_of(user: User, customer: Customer) -> list[tuple[Text, str]]:
    """Return the pills that the person may see, as they were registered."""
    return [flag for flags in open_to(user, FLAGS) for flag in flags.flags(user, customer)]


def moments_of(customer: Customer, reader: User, kind: str, limit: int) -> list[Moment]:
    """Return the registered moments of `kind`, of both where it is empty, that the reader may see."""
    asked = [moments for moments in open_to(reader, MOMENTS) if kind in ("", moments.kind)]
    return [moment for moments in asked for moment in moments.moments(customer, reader, limit)]
