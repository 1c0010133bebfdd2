"""Tickets and their messages in the package of a person's data, and at erasure. Internal notes are ours and stay out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.personal_data import Emptied, Kept, register_kept
from service.models import Chat, Direction, Mail, MessageFile, Subtask, Ticket, TicketMessage, TicketRating

NAMELESS = "–"  # the table demands a subject
MAIL_GONE: dict[str, Any] = {
    "peer": None, "peer_index": None, "subject": "", "text": "", "quoted": "", "error": "", "original": "",
}  # fmt: skip


def register() -> None:
    register_kept(Kept("tickets", _("Tickets"), tickets_told, tickets_emptied))
    register_kept(Kept("messages", _("Messages"), messages_told, messages_emptied, files_of))
    register_kept(Kept("mails", _("E-mails"), mails_told, mails_emptied, originals_of))


def tickets_told(customer: Customer) -> list[dict[str, Any]]:
    fields = (
        "reference",
        "kind",
        "channel",
        "subject",
        "status",
        "opened_at",
        "resolved_at",
        "rating",
        "rated__comment",
    )
    return list(Ticket.objects.filter(customer=customer).order_by("id").values(*fields))


def messages_told(customer: Customer) -> list[dict[str, Any]]:
    shown = _messages(customer).exclude(direction=Direction.NOTE).order_by("at", "id")
    told = shown.values("ticket__reference", "direction", "channel", "at", "text")
    return [{"ticket": row.pop("ticket__reference"), **row} for row in told]


def tickets_emptied(customer: Customer) -> Iterable[Emptied]:
    yield Ticket.objects.filter(customer=customer), {"subject": NAMELESS, "contact": None}
    yield Subtask.objects.filter(ticket__customer=customer), {"title": NAMELESS}
    yield TicketRating.objects.filter(ticket__customer=customer), {"comment": ""}
    yield Chat.objects.filter(ticket__customer=customer), {"visitor_name": None}


def messages_emptied(customer: Customer) -> Iterable[Emptied]:
    yield _messages(customer), {"text": NAMELESS}
    yield MessageFile.objects.filter(message__in=_messages(customer)), {"name": NAMELESS, "file": ""}


def files_of(customer: Customer) -> list[FieldFile]:
    return [one.file for one in MessageFile.objects.filter(message__in=_messages(customer)).exclude(file="")]


def _messages(customer: Customer) -> Any:
    return TicketMessage.objects.filter(ticket__customer=customer)


def mails_told(customer: Customer) -> list[dict[str, Any]]:
    return list(_mails(customer).order_by("id").values("direction", "state", "subject", "at", "ticket__reference"))


def mails_emptied(customer: Customer) -> Iterable[Emptied]:
    yield _mails(customer), MAIL_GONE


def originals_of(customer: Customer) -> list[FieldFile]:
    return [mail.original for mail in _mails(customer).exclude(original="")]


def _mails(customer: Customer) -> Any:
    return Mail.objects.filter(ticket__customer=customer)
