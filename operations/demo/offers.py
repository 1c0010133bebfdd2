"""Offers of the demo company: a reward that worked, a red packet that drew abusers and is held, coupons, a shared red packet,
and a draft that waits for approval."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import Customer
from marketing.models import Offer
from marketing.services.accruals import close_offers
from marketing.services.coupons import issue_many
from marketing.services.offers import create_offer, propose_publication
from marketing.services.red_packets import claim_share, make_packet
from marketing.services.redemptions import Asked, redeem
from marketing.services.settlement import decide_held, pay_due
from marketing.services.signals import Signals
from operations.demo.stories import ABUSER_PAYEE
from staff.models import User
from staff.services.changes import approve, execute_approved

PEOPLE = dict[str, User]


def make_offers(customers: list[Customer], people: PEOPLE, *, last: date, now: datetime) -> None:
    standing = list(
        Customer.objects.filter(pk__in=[one.pk for one in customers], merged_into=None, status="active").order_by(
            "joined_on", "pk"
        )
    )
    _savers(standing, people, last, now)
    _new_users(standing, people, last, now)
    _coupons(standing, people, last, now)
    _shared(standing, people, now)
    draft = _offer(
        people, "autumn-fees", "Autumn without fees", "fee_waiver", {"percent": "100", "cap": "15"}, now, now
    )
    propose_publication(
        actor=people["marketing"], offer_id=draft.pk, budget=Decimal(20_000), reason="For the autumn season", at=now
    )
    for back in range(6, -1, -1):
        close_offers(business_date=last - timedelta(days=back))


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _offer(
    people: PEOPLE, code: str, name: str, kind: str, terms: Any, first: datetime, now: datetime, **more: Any
) -> Offer:
    said = {"valid_from": first, "valid_until": now + timedelta(days=45), **more}
    return create_offer(
        actor=people["marketing"], code=code, name=name, kind=kind, currency="CNY", at=now, terms=terms, **said
    )


def _published(offer: Offer, people: PEOPLE, budget: int, now: datetime) -> Offer:
    asked = propose_publication(
        actor=people["marketing"], offer_id=offer.pk, budget=Decimal(budget), reason="As planned for the year", at=now
    )
    approve(actor=people["compliance"], request_id=asked.pk, at=now)
    execute_approved(request_id=asked.pk, at=now)
    return Offer.objects.select_related("version").get(pk=offer.pk)


def _savers(customers: list[Customer], people: PEOPLE, last: date, now: datetime) -> None:
    """Spring savers: 20 for a first deposit of 500, as the ledger of five months ago shows; nobody shares anything."""
    day = last - timedelta(days=150)
    draft = _offer(
        people, "spring-savers", "Spring savers", "gift", {"gift": "20 yuan", "amount": "20", "least": "500"},
        _noon(day - timedelta(days=2)), now, per_customer_count=1, total_count=500,
    )  # fmt: skip
    offer = _published(draft, people, 5_000, now)
    chosen = [one for one in customers if one.joined_on < day - timedelta(days=30)][::9][:120]
    for n, customer in enumerate(chosen):
        told = Signals(device=f"own-{n}", network=f"10.{n}.1.1", payee=f"account-{n}")
        _take(people, offer, customer, 900 + 10 * n, f"savers-{n}", _noon(day) + timedelta(minutes=7 * n), told)


def _new_users(customers: list[Customer], people: PEOPLE, last: date, now: datetime) -> None:
    """New-user red packet: 58 for everybody who is new; most of them are one ring with one payee. Its payouts wait a day."""
    first = last - timedelta(days=70)
    draft = _offer(
        people, "new-user-58", "New-user red packet", "red_packet", {"form": "fixed", "amount": "58"},
        _noon(first - timedelta(days=1)), now, per_customer_count=1, payout_hours=24,
    )  # fmt: skip
    offer = _published(draft, people, 20_000, now)
    chosen = [one for one in customers if one.joined_on >= first][:60]
    for n, customer in enumerate(chosen):
        ring = n % 3 != 0
        told = Signals(
            device=f"farm-{n % 4}" if ring else f"phone-{n}", network="203.0.113.9" if ring else f"10.9.{n}.1",
            payee=ABUSER_PAYEE if ring else f"new-{n}",
        )  # fmt: skip
        at = _noon(last - timedelta(days=2)) + timedelta(minutes=n if ring else 13 * n)
        _take(people, offer, customer, 100, f"new-{n}", at, told)
    pay_due(at=now)
    for n, made in enumerate(offer.redemptions.held().order_by("pk")[:2]):
        why = ["Sisters with one tablet, called back", "Payee of forty accounts"][n]
        decide_held(actor=people["risk"], redemption_id=made.pk, pay=n == 0, reason=why, at=now)


def _coupons(customers: list[Customer], people: PEOPLE, last: date, now: datetime) -> None:
    """Spend 300, save 30: coupons for a hundred customers, of whom thirty have used theirs."""
    draft = _offer(
        people, "spend-300", "Spend 300, save 30", "threshold",
        {"tiers": [{"spend": "300", "save": "30"}, {"spend": "600", "save": "80"}]}, _noon(last - timedelta(days=10)), now,
        coupon_days=30, stack_group="shop", stack_most=Decimal("0.3"),
    )  # fmt: skip
    offer, at = _published(draft, people, 3_000, now), _noon(last - timedelta(days=9))
    codes = issue_many(
        offer_id=offer.pk, customer_ids=[one.pk for one in customers[:100]], key="spend-300 first letter", at=at,
        actor=people["marketing"],
    )  # fmt: skip
    for n, customer in enumerate(customers[:30]):
        asked = Asked(customer, Decimal(320 + 17 * n), coupon=codes[customer.pk], order=f"order-{n}")
        _redeem(people, asked, f"spend-{n}", at + timedelta(hours=5 * n), Signals())


def _shared(customers: list[Customer], people: PEOPLE, now: datetime) -> None:
    terms = {"form": "shared", "amount": "188", "parts": 20}
    draft = _offer(people, "moon-packet", "Moon festival red packet", "red_packet", terms, now - timedelta(days=1), now)
    offer = _published(draft, people, 2_000, now)
    packet = make_packet(actor=people["marketing"], offer_id=offer.pk, key="moon-1", at=now)
    for n, customer in enumerate(customers[-12:]):
        claim_share(actor=people["admin"], packet_key=packet.key, customer=customer, key=f"moon-1-{n}", at=now)


def _take(people: PEOPLE, offer: Offer, customer: Customer, amount: int, key: str, at: datetime, told: Signals) -> None:
    _redeem(people, Asked(customer, Decimal(amount), offer=offer.code), key, at, told)


def _redeem(people: PEOPLE, asked: Asked, key: str, at: datetime, told: Signals) -> None:
    """As the platform does; whoever may not have it, a frozen customer say, has none."""
    try:
        redeem(actor=people["admin"], asked=asked, key=key, at=at, signals=told)
    except ValidationError:
        return
