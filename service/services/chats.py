"""A chat from the first word to the last. Whoever changes one locks its ticket first, then the chat."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import name_act
from customers.models import Customer
from service.models import (
    Agent,
    Channel,
    Chat,
    ChatState,
    EndedBy,
    Macro,
    Queue,
    Ticket,
    TicketMessage,
    TicketStatus,
)
from service.rules.chat_texts import LONGEST_MESSAGE, LONGEST_NAME, is_client_id, is_token, one_line
from service.services import chat_stamps, ticket_news
from service.services.macros import apply_macro
from service.services.mail_taking import keep_file
from service.services.messages import add_message
from service.services.ratings import rate_ticket
from service.services.tickets import ENDED, changed, locked, open_ticket, set_status
from service.services.uploads import checked_file
from staff.models import User


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_chat(
    *,
    token: str,
    name: str,
    subject: str,
    language: str,
    at: datetime,
    queue: Queue | None = None,
    customer: Customer | None = None,
) -> Chat:
    """Open a chat and its ticket for whoever holds `token`, once: asked again with the same token it is the same chat.

    `customer` is who the company's own app says that it is."""
    if not is_token(token):
        raise ValidationError({"token": _("Send a token of 43 signs that your browser made.")})
    if known := Chat.objects.filter(token_sha256=hash_of(token)).first():
        return known
    try:
        return _open(token, one_line(name, LONGEST_NAME), subject, language, at, queue, customer)
    except IntegrityError:  # the same was asked at the same moment, and came first
        return Chat.objects.get(token_sha256=hash_of(token))


@transaction.atomic
def _open(
    token: str, name: str, subject: str, language: str, at: datetime, queue: Queue | None, customer: Customer | None
) -> Chat:
    ticket = open_ticket(
        actor=None, channel=Channel.CHAT, subject=one_line(subject, 200), at=at, customer=customer, queue=queue,
        language=language, line=queue.line if queue else "",
    )  # fmt: skip
    name_act("service.chat.opened")
    chat = Chat.objects.create(
        ticket=ticket, token_sha256=hash_of(token), visitor_name=name, verified=customer is not None, opened_at=at,
        waiting_since=at, seen_at=at,
    )  # fmt: skip
    add_message(actor=None, ticket_id=ticket.pk, direction="in", text=subject[:LONGEST_MESSAGE], at=at)
    _tell(chat, waiting=True)
    return chat


@transaction.atomic
def write_as_visitor(*, chat: Chat, text: str, client_id: str, at: datetime) -> TicketMessage:
    """Add what the visitor wrote, once for each number that their browser gave it."""
    ticket, chat = _locked(chat.pk)
    return add_message(
        actor=None, ticket_id=ticket.pk, direction="in", text=_checked(text, chat), at=at,
        external_id=_number(chat, "v", client_id),
    )  # fmt: skip


@transaction.atomic
def write_as_agent(
    *, actor: User, chat_id: int, text: str, client_id: str, at: datetime, macro: Macro | None = None
) -> TicketMessage:
    """Answer in a chat of one's own, once for each number that the browser gave the answer, and give its ticket the
    priority, queue and tags of a macro. Its status changes as the chat ends."""
    ticket, chat = _locked(chat_id)
    _own(chat, actor)
    message = add_message(
        actor=actor, ticket_id=ticket.pk, direction="out", text=_checked(text, chat), at=at,
        external_id=_number(chat, "a", client_id),
    )  # fmt: skip
    if macro:
        apply_macro(actor=actor, macro=macro, ticket=locked(ticket.pk), at=at)
    return message


@transaction.atomic
def send_file(*, actor: User | None, chat_id: int, file: UploadedFile, client_id: str, at: datetime) -> TicketMessage:
    """Send a picture or a PDF in a chat, from its visitor (`actor` is None) or its agent, once for each number.

    What it is its first bytes say; its name is only shown."""
    ticket, chat = _locked(chat_id)
    if actor:
        _own(chat, actor)
    number = _number(chat, "a" if actor else "v", client_id)
    if known := TicketMessage.objects.filter(channel=Channel.CHAT, external_id=number).first():
        return known
    sent = checked_file(file)
    message = add_message(
        actor=actor, ticket_id=ticket.pk, direction="out" if actor else "in", text=_checked(sent.name, chat), at=at,
        external_id=number,
    )  # fmt: skip
    keep_file(message, sent)
    return message


@transaction.atomic
def rate_chat(*, chat: Chat, rating: int, at: datetime) -> None:
    """Keep the visitor's answer to the one question, once, when the chat is over."""
    ticket, chat = _locked(chat.pk)
    if not chat.is_over:
        raise ValidationError(_("Say it when the chat is over."))
    if ticket.rating:
        raise ValidationError(_("You have told us already. Thank you."))
    rate_ticket(ticket_id=ticket.pk, rating=rating, comment="", at=at)


@transaction.atomic
def accept_chat(*, actor: User, chat_id: int, at: datetime) -> Chat:
    """Take a chat that waits. Of two who take it at once the second is told; nobody takes more than they can hold."""
    agent = _with_room(actor)
    ticket, chat = _locked(chat_id)
    if chat.state == ChatState.ACTIVE and chat.agent_id == actor.pk:
        return chat
    if chat.state != ChatState.WAITING:
        raise ValidationError(_("Somebody else has taken this chat, or it is over."))
    return _give(ticket, chat, agent.user, at, "service.chat.accepted")


@transaction.atomic
def accept_next(*, actor: User, at: datetime) -> Chat | None:
    """Take the chat that waits longest in one's queues; two who ask at once get different ones."""
    agent = _with_room(actor)
    waiting = Chat.objects.visible_to(actor).in_queues_of(actor).waiting()
    for chat_id, ticket_id in waiting.values_list("pk", "ticket_id")[:20]:
        ticket = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=ticket_id).first()
        chat = Chat.objects.select_for_update(of=("self",)).get(pk=chat_id) if ticket else None
        if ticket and chat and chat.state == ChatState.WAITING:
            return _give(ticket, chat, agent.user, at, "service.chat.accepted")
    return None


@transaction.atomic
def transfer_chat(
    *, actor: User, chat_id: int, at: datetime, to: User | None = None, queue: Queue | None = None
) -> Chat:
    """Hand one's chat to a colleague who has room, or back to the waiting of a queue; who assigns tickets may hand on
    anybody's."""
    taker = _with_room(to) if to else None
    ticket, chat = _locked(chat_id)
    if chat.agent_id != actor.pk and not actor.has_perm("service.assign_ticket"):
        raise PermissionDenied(_("Only the agent of a chat hands it on."))
    if chat.is_over:
        raise ValidationError(_("This chat is over."))
    before = chat.agent_id
    if taker:
        return _give(ticket, chat, taker.user, at, "service.chat.transferred", before)
    name_act("service.chat.transferred")
    chat.state, chat.agent, chat.waiting_since = ChatState.WAITING, None, at
    chat.save(update_fields=["state", "agent", "waiting_since"])
    ticket.assignee, ticket.queue = None, queue or ticket.queue
    ticket.save(update_fields=["assignee", "queue"])
    changed(ticket, at)
    _tell(chat, waiting=True, before=before)
    return chat


@transaction.atomic
def end_chat(*, actor: User | None, chat_id: int, by: str, at: datetime, resolve: bool = False) -> Chat:
    """End a chat; its ticket is resolved too where that is said, and otherwise stays with whoever had it."""
    ticket, chat = _locked(chat_id)
    if actor:
        _own(chat, actor)
    if chat.is_over:
        return chat
    was_waiting = chat.state == ChatState.WAITING
    name_act("service.chat.ended")
    chat.state, chat.ended_at, chat.ended_by = ChatState.ENDED, at, by
    chat.save(update_fields=["state", "ended_at", "ended_by"])
    if resolve and ticket.status not in ENDED:
        set_status(actor=actor, ticket_id=ticket.pk, status=TicketStatus.RESOLVED, at=at)
        name_act("service.chat.ended")
    _tell(chat, waiting=was_waiting)
    return chat


@transaction.atomic
def link_customer(*, actor: User, chat_id: int, customer: Customer, at: datetime) -> Chat:
    """Say whose chat it is. Who the app has named stays who they are."""
    ticket, chat = _locked(chat_id)
    _own(chat, actor)
    if chat.verified:
        raise ValidationError(_("The company's app has said who this is."))
    name_act("service.chat.linked")
    ticket.customer, ticket.region = customer, customer.region
    ticket.save(update_fields=["customer", "region"])
    changed(ticket, at)
    _tell(chat)
    return chat


@transaction.atomic
def note_read(*, actor: User, chat_id: int, up_to: int, at: datetime) -> None:
    """Keep up to which message the agent has read; it never goes back. What told them of it is read too."""
    chat = Chat.objects.filter(pk=chat_id, agent=actor)
    if chat.filter(read_up_to__lt=up_to).update(read_up_to=up_to):
        ticket_news.note_read(actor=actor, ticket_id=chat.values_list("ticket", flat=True).get(), at=at)


def end_silent(*, before: datetime, at: datetime) -> int:
    """End the chats whose visitor has shown no sign of life since `before`; return how many. Their tickets stay."""
    silent = Chat.objects.unseen_since(before).order_by("pk").values_list("pk", flat=True)[:500]
    for chat_id in silent:
        end_chat(actor=None, chat_id=chat_id, by=EndedBy.SILENCE, at=at)
    return len(silent)


def follow_ticket(ticket: Ticket, at: datetime) -> None:
    """Registered with the tickets: whatever happens to a chat's ticket, on whichever page, its windows hear of, and an
    ended ticket ends it."""
    chat = Chat.objects.filter(ticket=ticket).first() if ticket.channel == Channel.CHAT else None
    if chat is None:
        return
    if ticket.status == TicketStatus.CLOSED and not chat.is_over:
        chat.state, chat.ended_at, chat.ended_by = ChatState.ENDED, at, EndedBy.AGENT
        chat.save(update_fields=["state", "ended_at", "ended_by"])
    _tell(chat)


def _locked(chat_id: int) -> tuple[Ticket, Chat]:
    ticket = locked(Chat.objects.values_list("ticket_id", flat=True).get(pk=chat_id))
    return ticket, Chat.objects.select_for_update(of=("self",)).get(pk=chat_id)


def _with_room(user: User) -> Agent:
    """The agent, locked, who can hold one more chat. Counting under the lock is what keeps two tabs from taking two."""
    Agent.objects.get_or_create(user=user)
    agent = Agent.objects.select_for_update(of=("self",)).select_related("user").get(user=user)
    held = Chat.objects.with_agent(user).count()
    if held >= agent.chats_at_once:
        raise ValidationError(
            ngettext(
                "%(who)s has %(n)d chat already, and takes no more at once.",
                "%(who)s has %(n)d chats already, and takes no more at once.",
                held,
            )
            % {"who": user, "n": held}
        )
    return agent


def _give(ticket: Ticket, chat: Chat, user: User, at: datetime, act: str, before: int | None = None) -> Chat:
    name_act(act)
    was_waiting = chat.state == ChatState.WAITING
    chat.state, chat.agent, chat.accepted_at = ChatState.ACTIVE, user, chat.accepted_at or at
    chat.save(update_fields=["state", "agent", "accepted_at"])
    ticket.assignee = user
    if ticket.status == TicketStatus.NEW:
        ticket.status = TicketStatus.OPEN
    ticket.save(update_fields=["assignee", "status"])
    changed(ticket, at)
    _tell(chat, waiting=was_waiting, before=before)
    return chat


def _own(chat: Chat, actor: User) -> None:
    if chat.agent_id != actor.pk:
        raise PermissionDenied(_("This chat is with somebody else."))


def _checked(text: str, chat: Chat) -> str:
    if chat.is_over:
        raise ValidationError(_("This chat is over."))
    if len(text) > LONGEST_MESSAGE:
        raise ValidationError(
            {
                "text": _("Write at most %(most)d signs at once; this is %(n)d.")
                % {"most": LONGEST_MESSAGE, "n": len(text)}
            }
        )
    return text


def _number(chat: Chat, side: str, client_id: str) -> str:
    if not is_client_id(client_id):
        raise ValidationError({"client_id": _("Number each message with 8 to 40 letters, digits or dashes.")})
    return f"chat-{chat.pk}-{side}-{client_id}"


def _tell(chat: Chat, *, waiting: bool = False, before: int | None = None) -> None:
    chat_stamps.touch(
        chat_id=chat.pk, agents=[chat.agent_id, before], waiting=waiting or chat.state == ChatState.WAITING
    )
