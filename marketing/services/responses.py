"""What comes back of messages: openings, clicks, bounces, complaints, and people who do not want any more."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act, record_batch
from customers.models import ConsentSource, Customer, Purpose
from customers.services.consents import may_contact, record_consent
from marketing.models import Provider, Recipient, Response, ResponseKind, Tracking
from marketing.services.audiences import consent_channel
from marketing.services.parcels import NUMBER, number_of

WITHDRAWING = {ResponseKind.UNSUBSCRIBED, ResponseKind.COMPLAINED}
EARLIEST = timedelta(days=400)


def recipient_of_token(token: str) -> Recipient | None:
    """Return whose message a token belongs to."""
    if len(token) != 32 or not token.isalnum():
        return None
    return Recipient.objects.select_related("campaign__provider").filter(token=token).first()


@transaction.atomic
def note_response(*, recipient: Recipient, kind: str, at: datetime, detail: str = "") -> bool:
    """Keep that something came back of a message, the first time of each kind; return whether it is new. Who does not
    want any more is taken at their word at once, for everything of this purpose by this channel."""
    name_act(f"marketing.response.{kind}")
    told = {
        "campaign_id": recipient.campaign_id,
        "customer_id": recipient.customer_id,
        "detail": detail[:200],
        "at": at,
    }
    _kept, is_new = Response.objects.get_or_create(recipient=recipient, kind=kind, defaults=told)
    if is_new:
        digest = hashlib.sha256(f"{recipient.pk}:{kind}".encode()).hexdigest()
        record_batch("marketing_response", 1, digest, pk=recipient.campaign_id)
    if kind in WITHDRAWING:
        _withdraw(recipient, kind, at)
    return is_new


def _withdraw(recipient: Recipient, kind: str, at: datetime) -> None:
    campaign = recipient.campaign
    channel = consent_channel(campaign)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=recipient.customer_id)
    customer = customer.merged_into or customer
    if not may_contact(customer=customer, purpose=campaign.purpose, channel=channel, at=at):
        return
    record_consent(
        actor=None, customer_id=customer.pk, purpose=campaign.purpose, channel=channel, given=False,
        origin=ConsentSource.LETTER, at=at, now=at,
        evidence=f"{ResponseKind(kind).value}, {campaign.reference}",
    )  # fmt: skip


def may_be_tracked(recipient: Recipient, at: datetime) -> bool:
    """Whether it may be kept that this very person opened or clicked: the campaign does, and they agreed to
    personalised offers."""
    if recipient.campaign.tracking != Tracking.PERSON:
        return False
    customer = Customer.objects.only("pk", "absorbed", "restricted_at", "erased_at").get(pk=recipient.customer_id)
    channel = consent_channel(recipient.campaign)
    return may_contact(customer=customer, purpose=Purpose.PERSONALISED, channel=channel, at=at)


@dataclass(frozen=True)
class Event:
    """What a provider tells of one of our messages, by the number that we gave it."""

    number: str
    kind: str
    at: datetime
    detail: str = ""


def take_events(*, provider: Provider, events: Sequence[Event], now: datetime) -> dict[str, int]:
    """Keep what a provider tells; return how many events were new, known and of nobody's message."""
    told = {"new": 0, "known": 0, "unknown": 0}
    for event in events:
        if event.kind not in ResponseKind or event.at > now + timedelta(minutes=5) or event.at < now - EARLIEST:
            raise ValidationError(_("“%(kind)s” at %(at)s is nothing that a provider can tell.") % vars(event))
        recipient = _recipient_numbered(provider, event.number)
        if recipient is None:
            told["unknown"] += 1
        else:
            is_new = note_response(recipient=recipient, kind=event.kind, at=event.at, detail=event.detail)
            told["new" if is_new else "known"] += 1
    return told


def _recipient_numbered(provider: Provider, number: str) -> Recipient | None:
    found = NUMBER.fullmatch(number)
    recipient = (
        Recipient.objects.select_related("campaign__provider")
        .filter(pk=int(found.group(1)), campaign__provider=provider)
        .first()
        if found
        else None
    )
    return recipient if recipient and number_of(recipient.pk, recipient.token) == number else None
