from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from service.models import Chat, Direction, TicketMessage


def transcript(chat: Chat, messages: Iterable[TicketMessage]) -> str:
    """Return a chat as a text for its visitor: who said what, when; files by their names."""
    head = _("Chat %(reference)s with %(company)s") % {"reference": chat.ticket, "company": settings.COMPANY_NAME}
    return "\n".join([head, "", *(_said(message) for message in messages), ""])


def _said(message: TicketMessage) -> str:
    who = _("You") if message.direction == Direction.IN else str(message.author or settings.COMPANY_NAME)
    at = timezone.localtime(message.at).strftime("%Y-%m-%d %H:%M:%S")
    files = "".join(f" [{file.name}]" for file in message.files.all())
    return f"{at} {who}: {message.text}{files}"
