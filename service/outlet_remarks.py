"""What stands beside messages of the app and of communities on a ticket's page: deleted there, or how an answer fared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from service.models import Delivery, DeliveryState, Ticket, TicketMessage
from service.registries import Remarks, register_remarks

TONES = {DeliveryState.QUEUED: "amber", DeliveryState.SENT: "green", DeliveryState.FAILED: "red"}


def register() -> None:
    register_remarks(Remarks("outlets", outlet_remarks))


def outlet_remarks(user: Any, ticket: Ticket, messages: Sequence[TicketMessage]) -> dict[int, list[tuple[Any, str]]]:
    found: dict[int, list[tuple[Any, str]]] = {
        message.pk: [(_("Deleted at its source"), "amber")] for message in messages if message.deleted_at
    }
    for one in Delivery.objects.filter(message__in=[message.pk for message in messages]):
        found.setdefault(one.message_id, []).append((one.get_state_display(), TONES[DeliveryState(one.state)]))
    return found
