"""The inbox of the company's app."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from audit.services import name_act
from marketing.models import InboxMessage, ResponseKind
from marketing.services.responses import may_be_tracked, note_response
from staff.models import User


@transaction.atomic
def mark_read(*, actor: User, message_id: int, at: datetime) -> InboxMessage:
    """Note that the app has shown a message to its customer; the first time counts."""
    message = (
        InboxMessage.objects.select_for_update(of=("self",))
        .select_related("recipient__campaign__provider")
        .get(pk=message_id)
    )
    if message.read_at is None:
        name_act("marketing.inbox.read")
        message.read_at = at
        message.save(update_fields=["read_at"])
        if may_be_tracked(message.recipient, at):
            note_response(recipient=message.recipient, kind=ResponseKind.OPENED, at=at)
    return message
