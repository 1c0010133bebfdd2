"""That a customer has written again: told to whoever has the ticket, once until they have read it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from service.models import Chat, ChatState, Direction, Ticket, TicketMessage
from staff.models import Notification, NotificationKind, User
from staff.services.notifications import mark_seen, notify


def tell_assignee(ticket: Ticket, message: TicketMessage) -> int:
    """Tell the agent of a ticket that its customer wrote again, by whichever way; return how many were told.

    Stands in AFTER_WORDS. The ticket is locked, so of two messages at once the second finds what the first one told."""
    agent = ticket.assignee
    if agent is None or message.author_id == agent.pk or not _again(ticket, message):
        return 0
    if _knows(agent, ticket) or _reads_along(agent, ticket, message) or not _sees(agent, ticket):
        return 0
    return notify(
        users=[agent],
        kind=NotificationKind.REPLY,
        key=f"{key_of(ticket.pk)}{message.pk}",
        title=lambda: _("%(ticket)s: the customer has written again") % {"ticket": ticket.reference},
        url=reverse("service:ticket_detail", args=[ticket.reference]),
        at=message.at,
    )


def note_read(*, actor: User, ticket_id: int, at: datetime) -> int:
    """The agent has the words before them: what told of these is read."""
    return mark_seen(actor=actor, keys=key_of(ticket_id), at=at)


def key_of(ticket_id: int) -> str:
    return f"ticket-words:{ticket_id}:"


def _again(ticket: Ticket, message: TicketMessage) -> bool:
    return ticket.messages.exclude(direction=Direction.NOTE).exclude(pk=message.pk).exists()


def _knows(agent: User, ticket: Ticket) -> bool:
    """Whether something unread tells it already; who hears by e-mail alone knows it until they have answered."""
    told = Notification.objects.visible_to(agent).filter(key__startswith=key_of(ticket.pk))
    answered = ticket.messages.filter(direction=Direction.OUT).order_by("-at").values_list("at", flat=True).first()
    by_email = Q(read_at=F("created_at")) & (Q(created_at__gt=answered) if answered else Q())
    return told.filter(Q(read_at__isnull=True) | by_email).exists()


def _reads_along(agent: User, ticket: Ticket, message: TicketMessage) -> bool:
    """Whether the agent sits before the chat and has read all that came before: its pane shows this one within a second."""
    chat = Chat.objects.filter(ticket=ticket, state=ChatState.ACTIVE, agent=agent).first()
    if chat is None or not chat.read_up_to:
        return False
    return not ticket.messages.filter(direction=Direction.IN, pk__gt=chat.read_up_to, pk__lt=message.pk).exists()


def _sees(agent: User, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(agent).filter(pk=ticket.pk).exists()
