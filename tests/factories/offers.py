"""Offers in force, their coupons, and customers who redeem them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from marketing.models import Offer
from marketing.services.coupons import issue_anonymous
from marketing.services.offers import create_offer, publish
from marketing.services.red_packets import make_packet
from marketing.services.redemptions import Asked, redeem
from tests.factories.customers import CustomerFactory
from tests.factories.staff import UserFactory, past_the_guards

THRESHOLD = {"tiers": [{"spend": "300", "save": "30"}]}
_numbers = iter(range(1, 10**9))


def a_draft(
    *, actor=None, kind="threshold", terms=None, code="", at=None, currency="CNY", line_id=None, **fields
) -> Offer:
    """An offer with its first draft: spend 300, save 30, from an hour ago until thirty days from now."""
    now = at or timezone.now()
    said = {"valid_from": now - timedelta(hours=1), "valid_until": now + timedelta(days=30), **fields}
    return create_offer(
        actor=actor or UserFactory(role="marketing"), code=code or f"offer-{next(_numbers)}", name="Spring", kind=kind,
        currency=currency, line_id=line_id, at=now, terms=terms or THRESHOLD, **said,
    )  # fmt: skip


def an_offer(*, budget=Decimal(10_000), **fields) -> Offer:
    """An offer in force, as two people agreed."""
    offer = a_draft(**fields)
    put_in_force(offer, budget=budget)
    return Offer.objects.select_related("version").get(pk=offer.pk)


def put_in_force(offer, *, budget=Decimal(10_000)):
    with past_the_guards():
        return publish(
            actor=offer.owner, offer_id=offer.pk, version_id=offer.versions.drafts().get().pk, budget=Decimal(budget)
        )


def asked(offer=None, *, customer=None, amount=320, **more) -> Asked:
    return Asked(customer=customer or a_customer(), amount=Decimal(amount), offer=offer.code if offer else "", **more)


def a_customer(**fields):
    made = CustomerFactory(**fields)
    made.refresh_from_db()
    return made


def a_redemption(offer=None, *, actor=None, key="", at=None, customer=None, **more):
    return redeem(
        actor=actor or UserFactory(), asked=asked(offer or an_offer(), customer=customer, **more),
        key=key or f"key-{next(_numbers)}", at=at or timezone.now(),
    )  # fmt: skip


def an_offer_with_everything(user, customer) -> dict:
    """One of everything of offers: one in force with an issue of coupons, a redemption, and a red packet."""
    offer, shared = an_offer(actor=user), {"form": "shared", "amount": "10.00", "parts": 3}
    packets = an_offer(actor=user, kind="red_packet", terms=shared)
    now = timezone.now()
    return {
        "offer": offer,
        "coupon_batch": issue_anonymous(actor=user, offer_id=offer.pk, number=2, uses=1, key=f"b-{offer.pk}", at=now),
        "red_packet": make_packet(actor=user, offer_id=packets.pk, key=f"p-{packets.pk}", at=now),
        "redemption": a_redemption(offer, actor=user, customer=customer),
    }
