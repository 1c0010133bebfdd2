"""Columns of tickets' lists, on the page and in exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.masking import Masked
from customers.rules.masking import mask_in_text
from pages.columns import Column
from pages.formats import NOTHING
from pages.templatetags.pages import deadline, moment, pill_html
from products.models import LineCode
from service.clock_chips import Chips
from service.models import Channel, Priority, TicketKind, TicketStatus
from service.registries import columns_of

STATUS_TONES = {
    TicketStatus.NEW: "blue",
    TicketStatus.OPEN: "blue",
    TicketStatus.WAITING: "amber",
    TicketStatus.HELD: "amber",
    TicketStatus.RESOLVED: "green",
}
PRIORITY_TONES = {Priority.URGENT: "red", Priority.HIGH: "orange"}
KIND_TONES = {TicketKind.COMPLAINT: "red"}


class Words:
    """What one person reads of tickets: subjects and messages with numbers masked, and names where they may not see
    them."""

    def __init__(self, user: Any) -> None:
        self.masked = Masked(user)

    def subject(self, ticket: Any) -> str:
        return self.text(ticket, ticket.subject)

    def text(self, ticket: Any, text: str) -> str:
        return self.masked.note(ticket.customer, text) if ticket.customer else mask_in_text(text)

    def customer(self, ticket: Any) -> str:
        return self.masked.name(ticket.customer) if ticket.customer else ""

    def contact(self, ticket: Any) -> str:
        contact = ticket.contact or ""
        return self.masked.text("email" if "@" in contact else "phone", contact) if contact else ""


def _pills(choices: Any, tones: dict[Any, str]) -> dict[Any, Any]:
    """The pill of each choice, made once for all rows."""
    return {value: pill_html(label, tones.get(value, "")) for value, label in choices.choices}


def due_chip(ticket: Any) -> Any:
    """When a ticket's next deadline is. How long that is yet its clocks say, in open hours: two counts would differ."""
    if not ticket.is_open:
        return NOTHING
    paused = ticket.get_status_display() if ticket.status == TicketStatus.WAITING and ticket.due_at else ""
    return deadline(ticket.due_at, paused=paused, counts=False)


def ticket_columns(user: Any, *, by_due: bool = False) -> Sequence[Column]:
    """Columns of the ticket list as `user` may read them; `by_due` where all rows are open and so have an index by
    deadline."""
    words, chips = Words(user), Chips()
    kinds, statuses = _pills(TicketKind, KIND_TONES), _pills(TicketStatus, STATUS_TONES)
    priorities, channels, lines = _pills(Priority, PRIORITY_TONES), dict(Channel.choices), dict(LineCode.choices)
    return (
        Column("reference", _("Ticket no."), lambda row: row.reference, mono=True),
        Column("subject", _("Subject"), words.subject, card="wide", link=True),
        Column("customer", _("Customer"), words.customer),
        Column("status", _("Status"), lambda row: statuses[row.status]),
        Column("priority", _("Priority"), lambda row: priorities[row.priority]),
        Column("due", _("Due"), lambda row: chips.next_of(row) or due_chip(row), sort="due_at" if by_due else ""),
        Column("kind", _("Kind"), lambda row: kinds[row.kind]),
        Column("channel", _("Channel"), lambda row: channels[row.channel], default=False),
        Column("queue", _("Queue"), lambda row: row.queue),
        Column("assignee", _("Agent"), lambda row: row.assignee),
        Column("line", _("Line"), lambda row: lines.get(row.line, ""), default=False),
        Column("tags", _("Tags"), lambda row: ", ".join(row.tags), default=False),
        Column("rating", _("Rating"), lambda row: row.rating, numeric=True, default=False),
        Column("last", _("Last message"), lambda row: moment(row.last_message_at), default=False),
        Column("opened", _("Opened"), lambda row: moment(row.opened_at), sort=["opened_at", "id"]),
        *columns_of(user),
    )


def is_late(ticket: Any, at: datetime) -> bool:
    return bool(ticket.is_open and ticket.due_at and ticket.due_at < at)
