"""Those who carry messages out of the house: one file a kind of provider.

A carrier is given a few messages at a time and says of each what became of it. It raises `Blocked` where the provider wants
nothing for a while; what it was given then has not been taken. Whatever else goes wrong after the call has begun is
`unknown`: nobody may conclude that a message was not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from marketing.models import Provider, ProviderKind

SENT, FAILED, UNKNOWN, LATER = "sent", "failed", "unknown", "later"


@dataclass(frozen=True)
class Parcel:
    """One message on its way: `number` is ours for it, the same however often it is tried."""

    recipient_id: int
    number: str
    to: str
    subject: str
    html: str
    text: str
    language: str
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of one message. LATER says that it was surely not taken, and may be tried again."""

    outcome: str
    reason: str = ""
    ref: str = ""


class Blocked(Exception):
    """The provider wants nothing for a while; of what it was just given it took nothing."""

    def __init__(self, why: str, pause: timedelta):
        super().__init__(why)
        self.pause = pause


class Carrier(Protocol):
    """`at_once` is how many messages are given in one call, and so of how many nobody knows if it breaks off."""

    at_once: int

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Answer]: ...

    def look_up(self, number: str) -> str | None:
        """Return SENT where the provider has taken a message, LATER where it surely has not, None where it cannot say."""
        ...

    def close(self) -> None: ...


def carrier_of(provider: Provider) -> Carrier:
    """Return the carrier of a provider; nothing is opened before the first message."""
    from marketing.carriers.inbox import InboxCarrier
    from marketing.carriers.smtp import SmtpCarrier
    from marketing.carriers.webhook import WebhookCarrier

    kinds = {
        ProviderKind.SMTP: SmtpCarrier,
        ProviderKind.WEBHOOK: WebhookCarrier,
        ProviderKind.INBOX: InboxCarrier,
    }
    return kinds[ProviderKind(provider.kind)](provider)
