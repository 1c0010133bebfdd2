"""Shared red packets: cut once from a recorded seed, claimed share by share."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer
from marketing.models import Offer, Redemption, RedPacket, RedPacketShare
from marketing.rules.red_packets import shares
from marketing.services.eligibility import check_eligible
from marketing.services.redemptions import NOTHING, Asked, Quote, find_by_key, write_redemption
from marketing.services.refusals import refusals
from marketing.services.settlement import commit
from marketing.services.signals import Signals
from staff.models import User


def make_packet(*, actor: User, offer_id: int, key: str, at: datetime) -> RedPacket:
    """Cut a red packet of the version in force. The same key is the same packet, cut once."""
    with refusals():
        offer = Offer.objects.select_for_update(of=["self"]).select_related("version").get(pk=offer_id)
        version = offer.version
        if version is None or offer.stopped_at is not None or not version.valid_from <= at < version.valid_until:
            raise ValidationError(_("This offer does not run."))
        if version.terms.get("form") != "shared":
            raise ValidationError(_("This offer gives no shared red packets."))
        made = RedPacket.objects.filter(key=key).first()
        if made is not None and made.version.offer_id != offer.pk:
            raise ValidationError({"key": _("This key names a red packet of another offer: choose a new one.")})
        return made or _cut(actor, offer, key.strip(), at)


def _cut(actor: User, offer: Offer, key: str, at: datetime) -> RedPacket:
    assert offer.version is not None
    terms = offer.version.terms
    packet = RedPacket(
        version=offer.version, key=key, total=Decimal(terms["amount"]), parts=terms["parts"], seed=secrets.token_hex(16),
        made_by=actor, made_at=at,
    )  # fmt: skip
    packet.full_clean()
    name_act("marketing.red_packet.made")
    packet.save()
    drawn = shares(packet.total, packet.parts, seed=packet.seed)
    RedPacketShare.objects.bulk_create(
        RedPacketShare(packet=packet, position=place, amount=amount) for place, amount in enumerate(drawn, 1)
    )
    return packet


def claim_share(
    *, actor: User, packet_key: str, customer: Customer, key: str, at: datetime, signals: Signals = NOTHING
) -> Redemption:
    """Give a customer the next free share of a red packet. The same key is the same claim; a customer has one share."""
    asked = Asked(customer=customer, amount=Decimal(1), offer=f"packet:{packet_key}")
    made = find_by_key(key)
    if made is None:
        with refusals():
            name_act("marketing.red_packet.claimed")
            share = _next_share(packet_key, customer)
            version = share.packet.version
            check_eligible(version, customer, product="", at=at)
            given = Quote(version, None, share.amount, share=share)
            made = write_redemption(actor, asked, given, key, at, signals, "") or find_by_key(key)
    assert made is not None
    if made.asked != asked.sha256:
        raise ValidationError({"key": _("This key was used for another redemption: choose a new one.")}, code="key")
    return commit(actor=actor, redemption_id=made.pk, at=at) if made.now.state == "reserved" else made


def _next_share(packet_key: str, customer: Customer) -> RedPacketShare:
    packet = RedPacket.objects.filter(key=packet_key).first()
    if packet is None:
        raise ValidationError({"packet": _("There is no red packet of this key.")})
    if packet.shares.filter(customer_id__in=customer.numbers).exists():
        raise ValidationError(_("This customer has a share of this red packet already."), code="share")
    free = packet.shares.select_for_update(skip_locked=True, of=["self"]).filter(customer__isnull=True)
    share = free.select_related("packet__version__offer").order_by("position").first()
    if share is None:
        raise ValidationError(_("All shares of this red packet are taken."), code="share")
    return share
