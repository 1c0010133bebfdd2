from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from audit.services import name_act
from marketing.carriers import LATER, SENT, Answer, Parcel
from marketing.models import InboxMessage, Provider, Recipient


class InboxCarrier:
    """Meridian's own inbox: one row for each recipient, however often it is handed over."""

    at_once = 500

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Answer]:
        at = timezone.now()
        with transaction.atomic():
            name_act("marketing.inbox.filled")
            owners = dict(
                Recipient.objects.filter(pk__in=[one.recipient_id for one in parcels]).values_list("pk", "customer_id")
            )
            InboxMessage.objects.bulk_create(
                [
                    InboxMessage(
                        recipient_id=one.recipient_id, customer_id=owners[one.recipient_id], subject=one.subject[:200],
                        text=one.text, language=one.language, at=at,
                    )
                    for one in parcels
                ],
                ignore_conflicts=True,
            )  # fmt: skip
        return [Answer(SENT, ref=one.number) for one in parcels]

    def look_up(self, number: str) -> str | None:
        recipient = int(number.partition("-")[0])
        return SENT if InboxMessage.objects.filter(recipient=recipient).exists() else LATER

    def close(self) -> None:
        return None
