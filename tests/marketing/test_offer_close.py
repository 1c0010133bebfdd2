from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from marketing.models import AccrualEntry, RedPacketShare
from marketing.services.accruals import close_offers, liability_of
from marketing.services.coupons import issue_many
from marketing.services.red_packets import claim_share, make_packet
from marketing.services.redemptions import redeem, reserve
from marketing.services.settlement import reverse
from tests.factories import UserFactory
from tests.factories.offers import a_customer, an_offer, asked

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() - timedelta(days=3)


def noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


def lines(offer, day):
    return {one.kind: one.amount for one in AccrualEntry.objects.filter(offer=offer, day=day)}


def test_days_close_once_and_their_lines_bring_the_books_to_what_is_owed():
    """Ten coupons of 30 at the stated 60% are 180; two are used, one order comes back, the rest expires."""
    platform = UserFactory()
    offer = an_offer(at=noon(DAY), valid_until=noon(DAY) + timedelta(days=2), reserve_minutes=43_200)
    customers = [a_customer() for _ in range(10)]
    codes = issue_many(offer_id=offer.pk, customer_ids=[one.pk for one in customers], key="c", at=noon(DAY))
    take = lambda n, service, at: service(  # noqa: E731
        actor=platform, asked=asked(customer=customers[n], coupon=codes[customers[n].pk]), key=f"t-{n}", at=at
    )

    close_offers(business_date=DAY)
    assert lines(offer, DAY) == {"accrued": Decimal(180)}
    assert close_offers(business_date=DAY) == 0

    first, second = DAY + timedelta(days=1), DAY + timedelta(days=2)
    bought = take(0, redeem, noon(first))
    take(1, reserve, noon(first))
    close_offers(business_date=first)
    assert lines(offer, first) == {"paid": Decimal(30), "accrued": Decimal(24)}  # 8 × 30 × 60% + 30 reserved, from 150
    assert liability_of(offer) == Decimal(174)

    reverse(actor=platform, redemption_id=bought.pk, reason="Order sent back", at=noon(second))
    close_offers(business_date=second)
    assert lines(offer, second) == {"taken_back": Decimal(30), "released": Decimal(174)}  # all coupons have expired
    assert liability_of(offer) == Decimal(30)  # what is still reserved


def test_a_booked_line_is_never_changed():
    offer = an_offer(at=noon(DAY))
    issue_many(offer_id=offer.pk, customer_ids=[a_customer().pk], key="x", at=noon(DAY))
    close_offers(business_date=DAY)
    for act in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(AccrualEntry.objects.all())


def a_packet(parts=3, budget=1000):
    offer = an_offer(kind="red_packet", terms={"form": "shared", "amount": "10.00", "parts": parts}, budget=budget)
    return make_packet(actor=offer.owner, offer_id=offer.pk, key=f"packet-{offer.pk}", at=timezone.now())


def claim(packet, customer, key):
    return claim_share(actor=UserFactory(), packet_key=packet.key, customer=customer, key=key, at=timezone.now())


def test_a_red_packet_is_shared_out_to_the_cent_and_one_customer_has_one_share():
    packet, customers = a_packet(), [a_customer() for _ in range(4)]

    made = [claim(packet, customer, f"s{n}") for n, customer in enumerate(customers[:3])]

    assert sum(one.amount for one in made) == Decimal(10)
    assert claim(packet, customers[0], "s0").pk == made[0].pk
    with pytest.raises(ValidationError, match="has a share"):
        claim(packet, customers[0], "again")
    with pytest.raises(ValidationError, match="All shares"):
        claim(packet, customers[3], "late")
    with pytest.raises(ValidationError, match="no red packet"):
        claim_share(actor=UserFactory(), packet_key="none", customer=customers[3], key="z", at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        RedPacketShare.objects.update(amount=1)


def test_the_same_key_is_the_same_packet_cut_once():
    packet = a_packet()
    again = make_packet(actor=packet.made_by, offer_id=packet.version.offer_id, key=packet.key, at=timezone.now())
    assert (again.pk, RedPacketShare.objects.count()) == (packet.pk, 3)
