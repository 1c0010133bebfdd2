from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from service.models import Chat, Direction, Mail, TicketMessage
from service.services.chat_windows import messages_of, why_not_mailed
from service.services.outbox import peer_of, queue_transcript
from service.services.tickets import locked
from staff.models import User

LONGEST_ADDRESS = 254  # RFC 5321


def transcript(chat: Chat, messages: Iterable[TicketMessage]) -> str:
    """Return a chat as a text for its visitor: who said what, when; files by their names."""
    head = _("Chat %(reference)s with %(company)s") % {"reference": chat.ticket, "company": settings.COMPANY_NAME}
    return "\n".join([head, "", *(_said(message) for message in messages), ""])


def _said(message: TicketMessage) -> str:
    who = _("You") if message.direction == Direction.IN else str(message.author or settings.COMPANY_NAME)
    at = timezone.localtime(message.at).strftime("%Y-%m-%d %H:%M:%S")
    files = "".join(f" [{file.name}]" for file in message.files.all())
    return f"{at} {who}: {message.text}{files}"


@transaction.atomic
def mail_transcript(*, actor: User | None, chat: Chat, at: datetime, address: str = "") -> Mail:
    """Send a chat that is over to its visitor by e-mail, once: to the address that the visitor names, or, where somebody
    of the desk sends it (`actor`), to the one that the ticket or its customer has."""
    ticket = locked(chat.ticket_id)
    chat = Chat.objects.select_related("ticket__customer").get(pk=chat.pk)
    if why := why_not_mailed(chat):
        raise ValidationError(why)
    peer = peer_of(ticket) if actor else _checked(address)
    if not peer:
        raise ValidationError(_("There is no e-mail address to answer to: enter one as the ticket's contact."))
    with translation.override(ticket.language or settings.LANGUAGE_CODE):
        text = transcript(chat, messages_of(chat))
    return queue_transcript(ticket=ticket, peer=peer, text=text, at=at)


def _checked(address: str) -> str:
    try:
        validate_email(address.strip())
        MaxLengthValidator(LONGEST_ADDRESS)(address.strip())
    except ValidationError as error:
        raise ValidationError({"email": _("Write an e-mail address such as ann@mail.example.")}) from error
    return address.strip()
