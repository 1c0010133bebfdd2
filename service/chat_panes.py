"""What an agent sees of chats: the list beside, and a pane for each; masked for the reader."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.masking import Masked
from customers.rules.masking import mask_in_text
from service.models import Agent, Chat, Direction, Macro, Queue, TicketMessage
from staff.models import User

MOST_WAITING = 30
MOST_SAID = 200


def list_of(user: User) -> dict[str, Any]:
    """Return one's chats and those that wait, in one's own queues first to last."""
    mine = Chat.objects.visible_to(user).with_agent(user).for_list()
    waiting = Chat.objects.visible_to(user).in_queues_of(user).waiting().for_list()
    masked = Masked(user)
    held = [_line(masked, chat) for chat in mine]
    return {
        "mine": held,
        "waiting": [_line(masked, chat) for chat in waiting[:MOST_WAITING]],
        "full": _why_full(user, len(held)),
    }


def _why_full(user: User, held: int) -> str:
    """Return why somebody takes no chat more, or nothing."""
    most = Agent.objects.filter(user=user).values_list("chats_at_once", flat=True).first()
    if most is None or held < most:
        return ""
    return ngettext(
        "You have %(n)d chat, as many as you take at once. End it or hand it on to take the next.",
        "You have %(n)d chats, as many as you take at once. End one or hand it on to take the next.",
        held,
    ) % {"n": held}


def _line(masked: Masked, chat: Chat) -> dict[str, Any]:
    return {"chat": chat, "who": who_of(masked, chat), "about": note_of(masked, chat, chat.ticket.subject)}


def who_of(masked: Masked, chat: Chat) -> str:
    """The customer's name where the chat is of one, else what the visitor calls themselves."""
    if chat.ticket.customer:
        return masked.name(chat.ticket.customer)
    return masked.text("name", chat.visitor_name) if chat.visitor_name else _("Visitor")


def note_of(masked: Masked, chat: Chat, text: str) -> str:
    customer = chat.ticket.customer
    return masked.note(customer, text) if customer else mask_in_text(text)


def pane_of(user: User, chat: Chat) -> dict[str, Any]:
    """Return what a pane shows of a chat: who, what was said, and to whom it can be handed on."""
    masked = Masked(user)
    said = _said(masked, chat, 0)
    return {
        **_line(masked, chat),
        "said": said,
        "last": said[-1]["message"].pk if said else 0,
        "own": chat.agent_id == user.pk and not chat.is_over,
        "agents": Agent.objects.filter(is_available=True, user__is_active=True)
        .exclude(user=user)
        .select_related("user"),
        "macros": Macro.objects.filter(is_active=True),
        "queues": Queue.objects.filter(is_active=True),
    }


def said_since(request: Any, chat: Chat, after: int) -> dict[str, Any]:
    """Return what is new in a chat beyond message `after`, drawn."""
    masked = Masked(request.user)
    said = _said(masked, chat, after)
    return {
        "id": chat.pk,
        "state": chat.state,
        "own": chat.agent_id == request.user.pk,
        "unread": chat.unread,
        "who": who_of(masked, chat),
        "customer": chat.ticket.customer.reference if chat.ticket.customer else "",
        "last": said[-1]["message"].pk if said else after,
        "html": render_to_string("service/chat_pane.html#said", {"said": said}, request) if said else "",
    }


def _said(masked: Masked, chat: Chat, after: int) -> list[dict[str, Any]]:
    messages: QuerySet[TicketMessage] = TicketMessage.objects.filter(ticket=chat.ticket_id, pk__gt=after)
    newest = messages.select_related("author").prefetch_related("files").order_by("-pk")[:MOST_SAID]
    return [
        {
            "message": message,
            "text": note_of(masked, chat, message.text),
            "who": str(message.author or who_of(masked, chat)),
            "kind": message.direction,
            "is_note": message.direction == Direction.NOTE,
        }
        for message in reversed(newest)
    ]
