"""Reports on mails of campaigns that come to a mailbox of ours: they came back, or were reported as spam.

A mail's Message-ID is our number of it, and holds a hash that only who got the mail can know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from marketing.models import Recipient, ResponseKind
from marketing.services.parcels import NUMBER, number_of
from marketing.services.responses import note_response
from service.rules.bounces import Bounce
from service.services.mail_bounces import ELSEWHERE


def register() -> None:
    ELSEWHERE.append(note_report)


def note_report(bounce: Bounce, at: datetime) -> None:
    """Keep what a report says of each mail of a campaign that it names. A mail that is only late may still arrive."""
    if not (bounce.is_final or bounce.is_complaint):
        return
    kind = ResponseKind.COMPLAINED if bounce.is_complaint else ResponseKind.BOUNCED
    for recipient in recipients_named(bounce.message_ids):
        note_response(recipient=recipient, kind=kind, at=at, detail=f"{bounce.status} {bounce.diagnosis}".strip())


def recipients_named(message_ids: Iterable[str]) -> list[Recipient]:
    """Return whose mails have these Message-IDs: our number, at whatever name its sender had then."""
    numbers = {one.partition("@")[0] for one in message_ids}
    keys = [int(found.group(1)) for one in numbers if (found := NUMBER.fullmatch(one))]
    named = Recipient.objects.select_related("campaign__provider").filter(pk__in=keys).order_by("pk")
    return [one for one in named if number_of(one.pk, one.token) in numbers]
