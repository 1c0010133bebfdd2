"""Redeeming offers: reserve, commit, release, reverse. Each is idempotent, and triggers keep every limit.

`docs/offers.md` tells the states and what may follow what."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from audit.rules.canonical import canonical_json
from customers.models import Customer
from marketing.models import Coupon, Offer, OfferVersion, Redemption, RedemptionState, RedPacketShare, State
from marketing.rules.discounts import discount
from marketing.rules.offer_kinds import BadTerms, read_money
from marketing.rules.red_packets import chance
from marketing.rules.stacking import Policy, Taken, excluded_by, give
from marketing.services.coupons import find_coupon
from marketing.services.eligibility import check_eligible
from marketing.services.refusals import refusals
from marketing.services.signals import NAMES, Signals
from marketing.sql import statement
from staff.models import User

NOTHING = Signals()
UNTOLD = dict.fromkeys(NAMES)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to redeem: an offer by its `code`, or a `coupon` as it was typed, for an order."""

    customer: Customer
    amount: Decimal
    offer: str = ""
    coupon: str = ""
    order: str = ""
    product: str = ""

    @property
    def sha256(self) -> str:
        words = [self.customer.pk, str(self.amount), self.offer, self.coupon, self.order, self.product]
        return hashlib.sha256(canonical_json(words)).hexdigest()


@dataclass(frozen=True)
class Quote:
    """What would be given, of which version, by which coupon."""

    version: OfferVersion
    coupon: Coupon | None
    amount: Decimal
    seed: str = ""
    share: RedPacketShare | None = None


def quote(asked: Asked, *, at: datetime) -> Quote:
    """Return what this would give now, and change nothing; ValidationError says why not."""
    coupon = find_coupon(asked.coupon) if asked.coupon else None
    version = coupon.version if coupon else _version_in_force(asked.offer)
    _check_running(version, coupon, asked.customer, at)
    check_eligible(version, asked.customer, product=asked.product, at=at)
    if version.terms.get("form") == "shared":
        raise ValidationError(_("Shares of this red packet are claimed by its key."))
    return _given(version, coupon, asked, _amount(asked.amount))


def _amount(amount: Any) -> Decimal:
    try:
        return read_money(amount, "amount")
    except BadTerms as error:
        raise ValidationError({error.where: str(error)}) from error


def _version_in_force(code: str) -> OfferVersion:
    offer = Offer.objects.select_related("version").filter(code=code).first()
    if offer is None or offer.version is None:
        raise ValidationError({"offer": _("There is no offer %(code)s in force.") % {"code": code[:40]}})
    offer.version.offer = offer
    return offer.version


def _check_running(version: OfferVersion, coupon: Coupon | None, customer: Customer, at: datetime) -> None:
    """What the trigger refuses as well, said early, before anything is locked."""
    if version.offer.stopped_at is not None:
        raise ValidationError(_("This offer was stopped."), code="stopped")
    if at < version.valid_from:
        raise ValidationError(_("This offer has not begun yet."), code="early")
    if coupon is None and at >= version.valid_until:
        raise ValidationError(_("This offer has ended."), code="late")
    if coupon and at >= coupon.expires_at:
        raise ValidationError(_("This coupon has expired."), code="expired")
    if coupon and coupon.customer_id not in {None, *customer.numbers}:
        raise ValidationError(_("This coupon is another customer's."), code="coupon")


def _given(version: OfferVersion, coupon: Coupon | None, asked: Asked, order_amount: Decimal) -> Quote:
    offer, policy, taken = version.offer, policy_of(version), taken_on(asked)
    if excluded_by(policy, taken):
        raise ValidationError(_("This offer does not go together with one that stands on the order."))
    seed = secrets.token_hex(16) if version.terms.get("form") == "random" else ""
    source = chance(seed) if seed else None
    amount = give(
        policy, order_amount, taken, off_the_price=offer.takes_off_the_price,
        given=lambda base: discount(offer.kind, version.terms, base, random=source),
    )  # fmt: skip
    if amount <= 0:
        raise ValidationError(
            {"amount": _("This amount does not reach what the offer asks for, or nothing is left to take off.")}
        )
    return Quote(version, coupon, amount, seed)


def policy_of(version: OfferVersion) -> Policy:
    return Policy(
        version.stack_with, version.stack_group, version.stack_base, version.stack_place, Decimal(version.stack_most)
    )


def taken_on(asked: Asked) -> list[Taken]:
    """What stands on the order already, in its order."""
    if not asked.order:
        return []
    rows = Redemption.objects.standing().filter(customer=asked.customer, order=asked.order)
    found = [
        Taken(policy_of(one.version), one.amount, one.offer.takes_off_the_price)
        for one in rows.select_related("version", "offer").order_by("id")
    ]
    return sorted(found, key=lambda one: one.policy.place)


def reserve(*, actor: User, asked: Asked, key: str, at: datetime, signals: Signals = NOTHING) -> Redemption:
    """Reserve what an offer gives, until its minutes are over. The same key gives the same reservation."""
    return _take(actor=actor, asked=asked, key=key, at=at, signals=signals, entry="")


def redeem(*, actor: User, asked: Asked, key: str, at: datetime, signals: Signals = NOTHING) -> Redemption:
    """Reserve and commit at once. Where payout waits, or signs of abuse are many, it waits or is held instead."""
    from marketing.services.settlement import commit  # both write redemptions; the import at the top would be a circle

    entry = "committed" if signals == NOTHING else ""  # where nothing was told, nothing is looked at first
    made = _take(actor=actor, asked=asked, key=key, at=at, signals=signals, entry=entry)
    if made.now.state != State.RESERVED:
        return made
    return commit(actor=actor, redemption_id=made.pk, at=at)


def find_by_key(key: str) -> Redemption | None:
    return Redemption.objects.select_related("now", "version", "offer").filter(key=key).first()


def _check_same(made: Redemption, asked: Asked) -> None:
    if made.asked != asked.sha256:
        raise ValidationError({"key": _("This key was used for another redemption: choose a new one.")}, code="key")


def _take(
    *,
    actor: User,
    asked: Asked,
    key: str,
    at: datetime,
    signals: Signals,
    entry: str,
) -> Redemption:
    if not 1 <= len(key) <= 120:
        raise ValidationError({"key": _("A redemption has a key of at most 120 letters.")})
    try:
        made = _take_anew(actor, asked, key, at, signals, entry)
    except ValidationError:
        made = find_by_key(key)  # a known key is answered as it was, whatever has changed since
        if made is None:
            raise
    assert made is not None
    _check_same(made, asked)
    return made


def _take_anew(actor: User, asked: Asked, key: str, at: datetime, signals: Signals, entry: str) -> Redemption | None:
    """Write a redemption unless its key is known: most are not, so nothing is asked beforehand."""
    with refusals(writes_once=not asked.order):
        _lock_order(asked)
        if asked.order and (known := find_by_key(key)):  # it stands on the order itself
            return known
        found = quote(asked, at=at)
        made = write_redemption(actor, asked, found, key, at, signals, "" if found.version.payout_hours else entry)
    return made or find_by_key(key)


def _lock_order(asked: Asked) -> None:
    """Two offers that come to one order at once see each other."""
    if asked.order:
        with connection.cursor() as cursor:
            words = f"marketing.order:{asked.customer.pk}:{asked.order}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])


def write_redemption(
    actor: User, asked: Asked, found: Quote, key: str, at: datetime, signals: Signals, entry: str
) -> Redemption | None:
    """Write a redemption and return it; None where something stands under this key already."""
    version = found.version
    values = {
        "offer_id": version.offer_id, "version_id": version.pk, "coupon_id": found.coupon.pk if found.coupon else None,
        "share_id": found.share.pk if found.share else None, "customer_id": _number_of(found, asked), "key": key,
        "asked": asked.sha256, "order": asked.order, "order_amount": _amount(asked.amount), "amount": found.amount,
        "currency": version.offer.currency, "seed": found.seed, "at": at,
        "expires_at": at + timedelta(minutes=version.reserve_minutes), "by_id": actor.pk, "entry": entry,
        **(signals.hashed() if signals != NOTHING else UNTOLD),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("redemption_insert"), values)
        row = cursor.fetchone()
        columns = [one.name for one in cursor.description]
    return _as_made(dict(zip(columns, row, strict=True)), version, entry or State.RESERVED) if row else None


def _as_made(row: dict[str, Any], version: OfferVersion, state: str) -> Redemption:
    """A row as it was written, with what it was written from and where it stands: what the triggers wrote, or they had
    refused it all. Nothing is read again."""
    names = [field.attname for field in Redemption._meta.concrete_fields]
    made = Redemption.from_db(connection.alias, names, [row[name] for name in names])
    made.version, made.offer = version, version.offer
    stands = {"redemption_id": made.pk, "state": state, "due_at": made.expires_at}
    made.now = RedemptionState.from_db(connection.alias, list(stands), list(stands.values()))
    return made


def _number_of(found: Quote, asked: Asked) -> int:
    """A coupon that was issued before a merge stands under the number of then."""
    own = found.coupon.customer_id if found.coupon else None
    return own if own is not None and own in asked.customer.numbers else asked.customer.pk
