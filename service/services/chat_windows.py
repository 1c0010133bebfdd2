"""What a visitor's window is told, and who they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from customers.models import Customer
from service.models import (
    Agent,
    Chat,
    ChatState,
    Direction,
    Mail,
    Mailbox,
    MailKind,
    MessageFile,
    Queue,
    TicketMessage,
)
from service.rules.chat_texts import is_token
from service.rules.customer_tokens import read_token
from service.services import chat_stamps
from service.services.chats import hash_of

KEPT_OPEN = timedelta(hours=24)  # how long after its end a chat can still be read, rated and taken along
SEEN_EVERY = timedelta(seconds=20)
MOST = 200  # messages in one answer


def chat_of(token: str, *, at: datetime) -> Chat | None:
    """Return the chat whose visitor holds this token; one that ended a day ago is nobody's any more."""
    if not is_token(token):
        return None
    chat = Chat.objects.select_related("agent", "ticket").filter(token_sha256=hash_of(token)).first()
    return None if chat and chat.ended_at and chat.ended_at < at - KEPT_OPEN else chat


def note_seen(chat: Chat, *, at: datetime) -> None:
    """Keep that the visitor is there; no event, and only now and then."""
    Chat.objects.filter(pk=chat.pk, seen_at__lt=at - SEEN_EVERY).update(seen_at=at)


def news_of(chat: Chat, *, after: int) -> dict[str, Any]:
    """Return what a visitor's window shows beyond message `after`. The stamp is read first: what is said meanwhile
    comes with the next answer."""
    version = chat_stamps.version_of(chat_stamps.stamp_of(chat.pk, chat.token_sha256), chat.token_sha256)
    chat.refresh_from_db(fields=["state", "agent", "ended_by", "ended_at"])
    messages = messages_of(chat).filter(pk__gt=after)[:MOST]
    return {
        "version": f"{version}:0",
        "typing": False,
        "state": chat.state,
        "agent": chat.agent.full_name if chat.agent else "",
        "ended_by": chat.ended_by,
        "reference": str(chat.ticket),
        "may_rate": chat.is_over and not chat.ticket.rating,
        "may_mail": may_be_mailed(chat),
        "place": _place(chat),
        "messages": [_message(message) for message in messages],
    }


def messages_of(chat: Chat) -> Any:
    """The messages that the visitor sees, in the order in which they were taken: no notes, no other channels."""
    files = Prefetch("files", queryset=MessageFile.objects.only("id", "message_id", "name", "size"))
    seen = TicketMessage.objects.filter(ticket=chat.ticket_id, channel="chat").exclude(direction=Direction.NOTE)
    return seen.select_related("author").prefetch_related(files).order_by("pk")


def may_be_mailed(chat: Chat) -> bool:
    """Whether the visitor can have the conversation sent."""
    return not why_not_mailed(chat) and Mailbox.objects.active().exclude(smtp_host="").exists()


def why_not_mailed(chat: Chat) -> str:
    """Return why a chat is not sent by e-mail now, or nothing. What nobody of the company has answered is not: a window
    that is open to everybody must not send a stranger's words to others in the company's name."""
    if not chat.is_over:
        return _("The conversation is sent once the chat is over.")
    if not messages_of(chat).filter(direction=Direction.OUT).exists():
        return _("Nobody has answered in this chat: there is no conversation to send.")
    if Mail.objects.filter(ticket=chat.ticket_id, kind=MailKind.TRANSCRIPT).exists():
        return _("The conversation has been sent already; it is sent once.")
    return ""


def _message(message: TicketMessage) -> dict[str, Any]:
    return {
        "id": message.pk,
        "mine": message.direction == Direction.IN,
        "text": message.text,
        "at": message.at.isoformat(),
        "who": message.author.full_name if message.author else "",
        "client_id": message.external_id.partition("-v-")[2],
        "files": [{"id": file.pk, "name": file.name, "size": file.size} for file in message.files.all()],
    }


def _place(chat: Chat) -> int:
    """How many wait before this one in the same queue, itself counted; 0 where nobody waits."""
    if chat.state != ChatState.WAITING:
        return 0
    ahead = Chat.objects.waiting().filter(ticket__queue=chat.ticket.queue_id, waiting_since__lt=chat.waiting_since)
    return ahead.count() + 1


def is_staffed(queue: Queue | None) -> bool:
    """Whether anybody who takes new work is there for the chats of a queue, of any queue where it is None."""
    there = Agent.objects.filter(is_available=True, user__is_active=True)
    return (there.filter(queues__queue=queue) if queue else there).exists()


def queue_named(code: str) -> Queue | None:
    """Return the queue for chats from a window: the one that it names, else the company's."""
    wanted = Queue.objects.filter(code__in=[code, settings.CHAT_QUEUE], is_active=True)
    return min(wanted, key=lambda queue: queue.code != code, default=None)


def customer_named(token: str, *, at: datetime) -> Customer | None:
    """Return whom the company's own app says that the visitor is; None for a token that is not right or names nobody."""
    claim = read_token(token, key=settings.CHAT_CUSTOMER_KEY, now=at.timestamp()) if token else None
    if claim is None:
        return None
    named = {"reference": claim.reference} if claim.reference else {
        "source__code": claim.source, "external_id": claim.external_id,
    }  # fmt: skip
    return Customer.objects.filter(erased_at=None, **named).first()
