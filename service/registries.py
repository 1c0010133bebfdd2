"""What clocks, complaints, chat and mail add to the ticket's page, the list and the agent's home: plain lists, filled in
`AppConfig.ready`.

Each entry says who may see it and how many queries it makes at most, whatever the ticket has. A person without the
permission, or for whom the function returns None, sees nothing at all.

    register_side(SidePanel("clocks", _("Deadlines"), clocks_panel, "service/clocks_panel.html", order=10))
    register_actions(TicketActions("complaint", complaint_actions, permission="service.handle_complaint"))
    register_complaint_actions(ComplaintActions("proposal", propose_actions, permission="risk.add_riskproposal"))
    register_remarks(Remarks("mail", mail_remarks))
    register_pills(Pills("sla", sla_pills))
    register_columns(ListColumns("clocks", clock_columns, fetch=lambda tickets: tickets.select_related("clock")))
    register_filter(ListFilter("breached", lambda: BooleanFilter(field_name="breached", label=_("Breached"))))
    register_box(HomeBox("chats", _("Waiting chats"), chats_url, waiting_chats, tone="amber"))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import django_filters
from django.utils.functional import Promise

from pages.actions import Action
from pages.columns import Column
from pages.parts import add_part, open_to

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from service.models import Complaint, Ticket, TicketMessage
    from staff.models import User

Text = str | Promise


@dataclass(frozen=True)
class SidePanel:
    """A section in the side column of a ticket. `context(user, ticket)` gives what `template` knows as `panel`, or None
    for no section. The lower `order`, the higher it stands; the customer is at 0, the properties at 20."""

    key: str
    title: Text
    context: Callable[[User, Ticket], dict[str, Any] | None]
    template: str
    permission: str = ""
    order: int = 50
    queries: int = 1


@dataclass(frozen=True)
class TicketActions:
    """Buttons in the header of a ticket: `actions(user, ticket)` gives those of this kind of ticket, greyed or not."""

    key: str
    actions: Callable[[User, Ticket], Sequence[Action]]
    permission: str = ""
    queries: int = 0


@dataclass(frozen=True)
class ComplaintActions:
    """Buttons that rooms above put on a complaint's page, after its own: `actions(user, complaint)`."""

    key: str
    actions: Callable[[User, Complaint], Sequence[Action]]
    permission: str = ""
    queries: int = 0


@dataclass(frozen=True)
class Remarks:
    """What stands beside messages, such as how a mail fared: `remarks(user, ticket, messages)` gives, by message id, a
    list of (text, tone) pills. It is asked once for all messages of a page."""

    key: str
    remarks: Callable[[User, Ticket, Sequence[TicketMessage]], Mapping[int, Sequence[tuple[Text, str]]]]
    permission: str = ""
    queries: int = 1


@dataclass(frozen=True)
class Pills:
    """Pills beside the subject on the ticket's page: `pills(user, ticket)` gives (label, tone) pairs."""

    key: str
    pills: Callable[[User, Ticket], Sequence[tuple[Text, str]]]
    permission: str = ""
    queries: int = 0


@dataclass(frozen=True)
class ListColumns:
    """Columns of the list. What their cells read is fetched by `fetch(tickets)`, in the list's own statement or by one
    more for the whole page (`prefetch_related`)."""

    key: str
    columns: Callable[[User], Sequence[Column]]
    fetch: Callable[[QuerySet], QuerySet] | None = None
    permission: str = ""


@dataclass(frozen=True)
class ListFilter:
    """A filter of the list and of the API under the parameter `key`: `make()` gives a django-filter Filter."""

    key: str
    make: Callable[[], django_filters.Filter]


@dataclass(frozen=True)
class HomeBox:
    """A figure of the agent's home: `count(user, at)` rows, or None for no box, behind the list at `url(user)`."""

    key: str
    label: Text
    url: Callable[[User], str]
    count: Callable[[User, datetime], int | None]
    tone: str = ""
    permission: str = ""
    queries: int = 1


SIDES: list[SidePanel] = []
ACTIONS: list[TicketActions] = []
COMPLAINT_ACTIONS: list[ComplaintActions] = []
REMARKS: list[Remarks] = []
PILLS: list[Pills] = []
COLUMNS: list[ListColumns] = []
FILTERS: list[ListFilter] = []
BOXES: list[HomeBox] = []


def register_side(panel: SidePanel) -> None:
    add_part(SIDES, panel)
    SIDES.sort(key=lambda one: one.order)


def register_actions(actions: TicketActions) -> None:
    add_part(ACTIONS, actions)


def register_complaint_actions(actions: ComplaintActions) -> None:
    add_part(COMPLAINT_ACTIONS, actions)


def register_remarks(remarks: Remarks) -> None:
    add_part(REMARKS, remarks)


def register_pills(pills: Pills) -> None:
    add_part(PILLS, pills)


def register_columns(columns: ListColumns) -> None:
    add_part(COLUMNS, columns)


def register_filter(entry: ListFilter) -> None:
    add_part(FILTERS, entry)


def register_box(box: HomeBox) -> None:
    add_part(BOXES, box)


def sides_of(user: User, ticket: Ticket) -> list[dict[str, Any]]:
    """Return the sections of the side column that the person sees, in order, each with its context."""
    shown = []
    for panel in open_to(user, SIDES):
        context = panel.context(user, ticket)
        if context is not None:
            shown.append({"key": panel.key, "title": panel.title, "template": panel.template, "context": context})
    return shown


def actions_of(user: User, ticket: Ticket) -> list[Action]:
    return [action for entry in open_to(user, ACTIONS) for action in entry.actions(user, ticket)]


def complaint_actions_of(user: User, complaint: Complaint) -> list[Action]:
    return [action for entry in open_to(user, COMPLAINT_ACTIONS) for action in entry.actions(user, complaint)]


def pills_of(user: User, ticket: Ticket) -> list[tuple[Text, str]]:
    return [pill for entry in open_to(user, PILLS) for pill in entry.pills(user, ticket)]


def remarks_of(user: User, ticket: Ticket, messages: Sequence[TicketMessage]) -> dict[int, list[tuple[Text, str]]]:
    """Return the pills beside each message, by its id, in the order of registration."""
    found: dict[int, list[tuple[Text, str]]] = {}
    for entry in open_to(user, REMARKS):
        for message_id, remarks in entry.remarks(user, ticket, messages).items():
            found.setdefault(message_id, []).extend(remarks)
    return found


def columns_of(user: User) -> list[Column]:
    return [column for entry in open_to(user, COLUMNS) for column in entry.columns(user)]


def fetched_for_list(user: User, tickets: QuerySet) -> QuerySet:
    """The list's tickets with what the registered columns read."""
    for entry in open_to(user, COLUMNS):
        tickets = entry.fetch(tickets) if entry.fetch else tickets
    return tickets
