"""What was claimed, made into messages: values fetched once for a batch, the texts prepared once for a run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from customers.models import Customer
from marketing.carriers import Parcel
from marketing.models import Campaign, SendChannel
from marketing.services.coupons import issue_many
from marketing.services.rendering import Prepared, prepare
from marketing.services.variables import values_of

NUMBER = re.compile(r"\b(\d{1,18})-([0-9a-f]{16})\b")
CODE = "offer_code"


@dataclass(frozen=True)
class Claimed:
    """A delivery that this worker has taken up."""

    recipient_id: int
    customer_id: int
    attempts: int
    variant_id: int
    token: str
    language: str
    jurisdiction: str

    @property
    def number(self) -> str:
        return number_of(self.recipient_id, self.token)


def number_of(recipient_id: int, token: str) -> str:
    """Return our number of a message, the same however often it is tried. It does not give the token away, which lets
    whoever holds it unsubscribe."""
    return f"{recipient_id}-{hashlib.sha256(token.encode()).hexdigest()[:16]}"


class Texts:
    """The messages of a campaign, prepared once; `names` are the variables that any of them uses."""

    def __init__(self, campaign: Campaign) -> None:
        variants = campaign.variants.select_related("message")
        self.by_variant: dict[int, Prepared] = {
            one.pk: prepare(one.message, tracking=campaign.tracking) for one in variants
        }
        self.names = sorted({name for one in self.by_variant.values() for name in one.names})


def parcels_of(
    campaign: Campaign, texts: Texts, claimed: Sequence[Claimed], at: datetime
) -> tuple[list[Parcel], dict[int, str]]:
    """Return a message for each claimed delivery, and why there is none for some, by recipient."""
    customers = [one.customer_id for one in claimed]
    values = values_of(customers, [name for name in texts.names if name != CODE])
    codes = _codes(campaign, texts, customers, at)
    addresses = addresses_of(campaign, customers)
    parcels, refused = [], {}
    for one in claimed:
        address = addresses.get(one.customer_id, "")
        if not address:
            refused[one.recipient_id] = "no_address"
            continue
        own = {
            **values.get(one.customer_id, {}),
            **({CODE: codes[one.customer_id]} if one.customer_id in codes else {}),
        }
        parcels.append(parcel_of(texts, one, address, own))
    return parcels, refused


def parcel_of(texts: Texts, one: Claimed, address: str, values: Mapping[str, str]) -> Parcel:
    link = unsubscribe_url(one.token)
    written = texts.by_variant[one.variant_id].render(
        one.language, {**values, "unsubscribe_url": link}, token=one.token
    )
    return Parcel(
        recipient_id=one.recipient_id, number=one.number, to=address, subject=written.subject, html=written.html,
        text=written.text, language=written.language, unsubscribe_url=link,
    )  # fmt: skip


def content_hash(parcel: Parcel) -> bytes:
    """The hash of what was handed over, as it is kept with the send."""
    said = "\x00".join([parcel.subject, parcel.html, parcel.text])
    return hashlib.sha256(said.encode()).digest()


def unsubscribe_url(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('unsubscribe', args=[token])}"


def addresses_of(campaign: Campaign, customers: Sequence[int]) -> dict[int, str]:
    """Where the provider reaches customers: an address, a number, or our own number of the customer for the app."""
    field = {SendChannel.EMAIL: "email", SendChannel.SMS: "phone"}.get(
        SendChannel(campaign.provider.channel), "reference"
    )
    found = Customer.objects.filter(pk__in=customers).only("pk", field)
    return {one.pk: str(getattr(one, field) or "") for one in found}


def _codes(campaign: Campaign, texts: Texts, customers: Sequence[int], at: datetime) -> dict[int, str]:
    """A code of the offer for each, where a text names one; the same again for whoever was given one."""
    if campaign.offer_id is None or CODE not in texts.names:
        return {}
    return issue_many(offer_id=campaign.offer_id, customer_ids=customers, key=campaign.reference, at=at)
