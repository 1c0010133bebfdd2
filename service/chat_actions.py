"""What a chat adds to the header of its ticket."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from pages.actions import Action
from service.models import Channel, Chat, Ticket
from service.registries import TicketActions, register_actions
from service.services.chat_windows import why_not_mailed
from service.services.outbox import mailbox_for, peer_of
from staff.models import User


def register() -> None:
    register_actions(TicketActions("transcript", transcript_actions, "service.answer_ticket", queries=6))


def transcript_actions(user: User, ticket: Ticket) -> list[Action]:
    """Sending the conversation, or why it is not possible now."""
    chat = Chat.objects.filter(ticket=ticket).first() if ticket.channel == Channel.CHAT else None
    if chat is None:
        return []
    action = Action(_("Mail the conversation"), reverse("service:chat_transcript", args=[chat.pk]), "mail", post=True)
    return [action.unless(why_not_mailed(chat) or _why_not_to(ticket) or None)]


def _why_not_to(ticket: Ticket) -> str:
    if mailbox_for(ticket) is None:
        return _("No mailbox sends e-mail.")
    return "" if peer_of(ticket) else _("There is no e-mail address to answer to: enter one as the ticket's contact.")
