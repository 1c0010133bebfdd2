from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from marketing.models import (
    Coupon,
    CouponUse,
    CustomerUse,
    Offer,
    OfferSlot,
    OfferVersion,
    Redemption,
    RedemptionEntry,
    RedemptionState,
    SegmentMember,
)
from marketing.services.coupons import codes_of, export_codes, issue_anonymous, issue_many
from marketing.services.offer_terms import signed_terms
from marketing.services.offers import stop_offer, write_draft
from marketing.services.redemptions import quote, redeem, reserve
from marketing.services.settlement import commit, expire_reservations, pay_due, release, reverse
from tests.factories import UserFactory
from tests.factories.offers import THRESHOLD, a_customer, a_draft, a_redemption, an_offer, asked, put_in_force
from tests.factories.segments import make_list

NOW = timezone.now


@pytest.fixture
def platform(db):
    return UserFactory(role="administrator")


def spent(offer):
    slots = OfferSlot.objects.filter(offer=offer)
    return tuple(sum(getattr(slot, name) for slot in slots) for name in ("reserved", "committed", "uses"))


def state(redemption):
    return RedemptionState.objects.get(pk=redemption.pk).state


def test_an_order_of_320_saves_30_and_the_budget_knows_it(platform):
    offer = an_offer()

    made = redeem(actor=platform, asked=asked(offer), key="k1", at=NOW())

    assert (made.amount, state(made), spent(offer)) == (Decimal(30), "committed", (0, 30, 1))


def test_a_reservation_is_committed_released_or_reversed_and_each_act_is_idempotent(platform):
    offer, at = an_offer(), NOW()
    first = reserve(actor=platform, asked=asked(offer), key="a", at=at)
    assert spent(offer) == (30, 0, 1)
    for _again in range(2):
        assert commit(actor=platform, redemption_id=first.pk, at=at).now.state == "committed"
    assert spent(offer) == (0, 30, 1)
    for _again in range(2):
        assert reverse(actor=platform, redemption_id=first.pk, reason="Order sent back", at=at).now.state == "reversed"
    second = reserve(actor=platform, asked=asked(offer), key="b", at=at)
    for _again in range(2):
        assert release(actor=platform, redemption_id=second.pk, at=at).now.state == "released"

    assert spent(offer) == (0, 0, 0)
    assert RedemptionEntry.objects.count() == 3
    with pytest.raises(ValidationError, match="does not follow"):
        commit(actor=platform, redemption_id=second.pk, at=at)
    with pytest.raises(ValidationError, match="does not follow"):
        reverse(actor=platform, redemption_id=second.pk, reason="No", at=at)


def test_one_key_is_one_redemption_and_another_order_under_it_is_refused(platform):
    offer, customer = an_offer(), a_customer()
    said = asked(offer, customer=customer)

    made = {redeem(actor=platform, asked=said, key="once", at=NOW()).pk for _ in range(3)}

    assert len(made) == 1
    assert spent(offer) == (0, 30, 1)
    with pytest.raises(ValidationError, match="another redemption"):
        redeem(actor=platform, asked=asked(offer, customer=customer, amount=999), key="once", at=NOW())


@pytest.mark.parametrize("amount", ["0", "-5", "NaN", "1e30", "0.001", "299.99"])
def test_an_amount_that_does_not_reach_or_is_none_is_refused(platform, amount):
    with pytest.raises(ValidationError) as refused:
        quote(asked(an_offer(), amount=amount), at=NOW())
    assert "amount" in refused.value.message_dict


def test_the_end_counts_to_the_second_in_whatever_zone_it_was_written(platform):
    """Clocks in London go back on 25 October 2026: 01:30 British summer time is not 01:30 an hour later."""
    begin, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    offer = an_offer(valid_from=begin, valid_until=end, time_zone="Europe/London", at=begin)

    assert quote(asked(offer), at=end - timedelta(seconds=1)).amount == 30
    assert quote(asked(offer), at=end - timedelta(hours=1)).amount == 30
    with pytest.raises(ValidationError, match="has ended"):
        quote(asked(offer), at=end)
    with pytest.raises(ValidationError, match="not begun"):
        quote(asked(offer), at=begin - timedelta(microseconds=1))


def test_a_coupon_of_a_leap_day_lives_its_days(platform):
    at = datetime(2028, 2, 28, 12, tzinfo=UTC)
    offer = an_offer(at=at, valid_until=at + timedelta(days=90), coupon_days=1)
    customer = a_customer()
    code = issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key="leap", at=at)[customer.pk]
    said = asked(customer=customer, coupon=code)

    assert quote(said, at=datetime(2028, 2, 29, 11, 59, 59, tzinfo=UTC)).amount == 30
    with pytest.raises(ValidationError, match="expired"):
        quote(said, at=datetime(2028, 2, 29, 12, tzinfo=UTC))


def test_a_reservation_ends_at_its_second_and_gives_everything_back(platform):
    offer, at = an_offer(reserve_minutes=10), NOW()
    late = at + timedelta(minutes=10)
    made = reserve(actor=platform, asked=asked(offer), key="r", at=at)

    assert expire_reservations(at=late - timedelta(seconds=1)) == 0
    with pytest.raises(ValidationError, match="ended"):
        commit(actor=platform, redemption_id=made.pk, at=late)
    assert (expire_reservations(at=late), expire_reservations(at=late)) == (1, 0)
    assert (state(made), spent(offer)) == ("released", (0, 0, 0))


def test_budget_number_and_customer_limits_hold_to_the_last_one(platform):
    offer = an_offer(budget=100, total_count=5)
    for n in range(3):
        a_redemption(offer, actor=platform, key=f"b{n}")
    with pytest.raises(ValidationError, match="used up"):
        a_redemption(offer, actor=platform)  # 10 are left, 30 are asked for
    counted = an_offer(total_count=2)
    for _n in range(2):
        a_redemption(counted, actor=platform)
    with pytest.raises(ValidationError, match="used up"):
        a_redemption(counted, actor=platform)
    once, customer = an_offer(per_customer_count=1), a_customer()
    a_redemption(once, customer=customer)
    with pytest.raises(ValidationError, match="one customer"):
        a_redemption(once, customer=customer)
    little = an_offer(per_customer_amount=Decimal("59.99"))
    a_redemption(little, customer=customer)
    with pytest.raises(ValidationError, match="one customer"):
        a_redemption(little, customer=customer)
    assert (spent(offer), spent(counted), spent(once)) == ((0, 90, 3), (0, 60, 2), (0, 30, 1))


def test_the_last_of_a_budget_that_lies_in_many_slots_can_be_had(platform):
    """32 slots have less than 1.00 each, and none has 30 by itself."""
    offer = an_offer(budget=30)
    assert a_redemption(offer).amount == 30
    assert spent(offer) == (0, 30, 1)


def test_an_issue_is_one_however_often_it_is_asked_for(platform):
    offer, customers = an_offer(), [a_customer() for _ in range(3)]
    keys = [one.pk for one in customers]
    first = issue_many(offer_id=offer.pk, customer_ids=keys, key="spring", at=NOW())

    again = issue_many(offer_id=offer.pk, customer_ids=keys[:2], key="spring", at=NOW())
    other = issue_many(offer_id=offer.pk, customer_ids=keys, key="autumn", at=NOW())

    assert again == {pk: first[pk] for pk in keys[:2]}
    assert not set(other.values()) & set(first.values())
    assert Coupon.objects.count() == 6
    assert issue_many(offer_id=offer.pk, customer_ids=[], key="nobody", at=NOW()) == {}
    with pytest.raises(ValidationError, match="another issue"):
        issue_anonymous(actor=platform, offer_id=offer.pk, number=1, uses=1, key="spring", at=NOW())


def test_a_coupon_is_its_customers_and_used_once(platform):
    offer, customer = an_offer(), a_customer()
    code = issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key="one", at=NOW())[customer.pk]

    with pytest.raises(ValidationError, match="another customer"):
        redeem(actor=platform, asked=asked(coupon=code), key="thief", at=NOW())
    made = redeem(actor=platform, asked=asked(customer=customer, coupon=code.lower()), key="own", at=NOW())
    with pytest.raises(ValidationError, match="used already"):
        redeem(actor=platform, asked=asked(customer=customer, coupon=code), key="twice", at=NOW())
    reverse(actor=platform, redemption_id=made.pk, reason="Order sent back", at=NOW())
    redeem(actor=platform, asked=asked(customer=customer, coupon=code), key="again", at=NOW())

    assert CouponUse.objects.get().uses == 1
    with pytest.raises(ValidationError, match="never issued"):
        quote(asked(coupon="2222-2222-2222-2222"), at=NOW())


def test_codes_are_exported_once_and_are_not_in_the_database(platform):
    batch = issue_anonymous(actor=platform, offer_id=an_offer().pk, number=3, uses=2, key="public", at=NOW())
    codes = [code for code, _customer in codes_of(batch)]

    export_codes(actor=platform, batch_id=batch.pk, at=NOW())
    with pytest.raises(ValidationError, match="once"):
        export_codes(actor=platform, batch_id=batch.pk, at=NOW())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(c::text, '') || (SELECT string_agg(b::text, '') FROM marketing_couponbatch b) FROM marketing_coupon c"
        )
        held = cursor.fetchone()[0]
    assert len(set(codes)) == 3
    assert not any(code.replace("-", "") in held for code in codes)
    for n in range(2):
        redeem(actor=platform, asked=asked(coupon=codes[0]), key=f"u{n}", at=NOW())
    with pytest.raises(ValidationError, match="used already"):
        redeem(actor=platform, asked=asked(coupon=codes[0]), key="u2", at=NOW())


def test_offers_on_one_order_go_together_as_they_say(platform):
    customer = a_customer()
    first = an_offer(stack_group="shop", stack_place=1)
    ten = an_offer(kind="percentage", terms={"percent": "10", "cap": "100"}, stack_group="card")
    alone = an_offer(stack_with="alone")
    on = {"customer": customer, "order": "o-1"}

    redeem(actor=platform, asked=asked(first, **on), key="s1", at=NOW())
    with pytest.raises(ValidationError, match="does not go together"):
        redeem(actor=platform, asked=asked(first, **on), key="s2", at=NOW())
    made = redeem(actor=platform, asked=asked(ten, **on), key="s3", at=NOW())
    with pytest.raises(ValidationError, match="does not go together"):
        redeem(actor=platform, asked=asked(alone, **on), key="s4", at=NOW())

    assert made.amount == Decimal("29.00")  # a tenth of 320 − 30


def test_who_may_have_an_offer_is_asked_when_it_is_redeemed(platform):
    at = NOW()
    new = an_offer(new_customer_days=30)
    fresh = a_customer(joined_on=timezone.localdate(at) - timedelta(days=30))
    assert quote(asked(new, customer=fresh), at=at).amount == 30
    with pytest.raises(ValidationError, match="at most 30 days"):
        quote(asked(new, customer=a_customer(joined_on=timezone.localdate(at) - timedelta(days=31))), at=at)
    with pytest.raises(ValidationError, match="not active"):
        quote(asked(new, customer=a_customer(status="frozen")), at=at)
    with pytest.raises(ValidationError, match="no segment"):
        a_draft(segment_code="nobody")
    with pytest.raises(ValidationError, match="certain products"):
        quote(asked(an_offer(lines=["payment"])), at=at)
    with pytest.raises(ValidationError, match="no offer"):
        quote(asked(a_draft()), at=at)


def test_an_offer_for_a_segment_is_for_who_is_in_it_now(platform):
    member, left = a_customer(), a_customer()
    segment = make_list("friends", member, left)
    SegmentMember.objects.filter(customer=left).update(left_at=NOW())
    offer = an_offer(segment_code=segment.code)

    assert quote(asked(offer, customer=member), at=NOW()).amount == 30
    for other in (left, a_customer()):
        with pytest.raises(ValidationError, match="not in the segment"):
            quote(asked(offer, customer=other), at=NOW())


def test_a_stopped_offer_gives_nothing_new_and_what_is_reserved_goes_on(platform):
    offer = an_offer()
    made = reserve(actor=platform, asked=asked(offer), key="before", at=NOW())
    stop_offer(actor=offer.owner, offer_id=offer.pk, reason="The terms were wrong", at=NOW())

    with pytest.raises(ValidationError, match="stopped"):
        reserve(actor=platform, asked=asked(offer), key="after", at=NOW())
    assert commit(actor=platform, redemption_id=made.pk, at=NOW()).now.state == "committed"


def test_a_payout_waits_and_is_made_by_the_clock(platform):
    offer, at = an_offer(kind="red_packet", terms={"form": "fixed", "amount": "8.88"}, payout_hours=24), NOW()
    made = redeem(actor=platform, asked=asked(offer), key="p", at=at)
    assert (state(made), spent(offer)) == ("waiting", (Decimal("8.88"), 0, 1))

    assert pay_due(at=at + timedelta(hours=23, minutes=59)) == (0, 0)
    assert expire_reservations(at=at + timedelta(days=9)) == 0
    assert pay_due(at=at + timedelta(hours=24)) == (1, 0)
    assert pay_due(at=at + timedelta(hours=24)) == (0, 0)
    assert (state(made), spent(offer)) == ("committed", (0, Decimal("8.88"), 1))


def test_what_a_sign_off_binds_changes_with_the_terms_and_not_with_spending(platform):
    offer = an_offer()
    before = signed_terms(offer)
    a_redemption(offer)
    assert signed_terms(Offer.objects.get(pk=offer.pk)) == before
    write_draft(
        actor=offer.owner, offer_id=offer.pk, at=NOW(), terms={"tiers": [{"spend": "300", "save": "31"}]},
        valid_from=NOW(), valid_until=NOW() + timedelta(days=9),
    )  # fmt: skip
    assert signed_terms(Offer.objects.get(pk=offer.pk)) == before
    put_in_force(offer)
    assert signed_terms(Offer.objects.get(pk=offer.pk)) != before


RAW = [
    ("UPDATE marketing_offerslot SET granted = 1000000", "follows from"),
    ("UPDATE marketing_offerslot SET committed = 0, reserved = 0", "follows from"),
    ("DELETE FROM marketing_offerslot", "follows from"),
    ("UPDATE marketing_couponuse SET uses = 0", "follows from"),
    ("UPDATE marketing_customeruse SET uses = 0", "follows from"),
    ("UPDATE marketing_redemptionstate SET state = 'reserved'", "follows from"),
    ("UPDATE marketing_redemption SET amount = 1", "permission denied|never|append"),
    ("DELETE FROM marketing_redemption", "permission denied|never|append"),
    ("DELETE FROM marketing_redemptionentry", "permission denied|never|append"),
    ("UPDATE marketing_coupon SET expires_at = 'infinity'", "permission denied|never|append"),
    ("UPDATE marketing_offerversion SET terms = '{}'", "never changes"),
    ("UPDATE marketing_offerversion SET valid_until = 'infinity'", "never changes"),
    ("UPDATE marketing_offer SET budget = budget + 1", "approved"),
    ("UPDATE marketing_offer SET currency = 'USD'", "stay"),
    ("DELETE FROM marketing_offer", "never removed"),
    ("UPDATE marketing_couponbatch SET size = 99", "stays"),
    ("TRUNCATE marketing_redemption CASCADE", "permission denied|never|append"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "why"), RAW)
def test_raw_sql_changes_nothing_that_counts(platform, sql, why):
    offer, customer = an_offer(), a_customer()
    code = issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key="raw", at=NOW())[customer.pk]
    redeem(actor=platform, asked=asked(customer=customer, coupon=code), key="raw", at=NOW())

    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert spent(offer) == (0, 30, 1)


def raw_redemption(offer, customer, **more):
    made = {
        "offer": offer, "version": offer.version, "customer": customer, "key": f"raw-{Redemption.objects.count()}",
        "asked": "", "order_amount": 500, "amount": 30, "currency": "CNY", "at": NOW(),
        "expires_at": NOW() + timedelta(minutes=1), "by": offer.owner, **more,
    }  # fmt: skip
    return Redemption.objects.create(**made)


def test_a_raw_insert_is_counted_and_never_goes_beyond(platform):
    offer = an_offer(budget=100, per_customer_count=2)
    customer, other = a_customer(), an_offer()
    raw_redemption(offer, customer)
    assert (spent(offer), CustomerUse.objects.get().uses) == ((30, 0, 1), 1)
    for wrong in (
        {"amount": Decimal("70.01")}, {"amount": -5}, {"currency": "USD"}, {"version": other.version},
        {"at": NOW() - timedelta(days=9), "expires_at": NOW()}, {"at": NOW() + timedelta(days=90), "expires_at": NOW() + timedelta(days=91)},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            raw_redemption(offer, a_customer(), **wrong)
    raw_redemption(offer, customer)
    with pytest.raises(DatabaseError, match="one customer"), transaction.atomic():
        raw_redemption(offer, customer)
    assert spent(offer) == (60, 0, 2)


def test_a_draft_is_not_published_by_hand(platform):
    draft = a_draft().versions.get()
    for act in (
        lambda: OfferVersion.objects.filter(pk=draft.pk).update(published_at=NOW()),
        lambda: Offer.objects.filter(pk=draft.offer_id).update(version=draft),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def at_once(work, times, *, clients=32):
    """Call `work(n)` for each n on connections of their own; return what each returned or raised."""

    def one(n):
        try:
            return work(n)
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.django_db(transaction=True)
def test_one_coupon_redeemed_a_thousand_times_at_once_is_redeemed_once(transactional_db):
    platform, offer, customer = UserFactory(), an_offer(), a_customer()
    code = issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key="hot", at=NOW())[customer.pk]
    said = asked(customer=customer, coupon=code)

    results = at_once(lambda n: redeem(actor=platform, asked=said, key=f"hot-{n}", at=NOW()), 1_000)

    won = [one for one in results if isinstance(one, Redemption)]
    assert len(won) == 1
    assert all(one.code == "used" for one in results if isinstance(one, ValidationError))
    assert (Redemption.objects.count(), spent(offer)) == (1, (0, 30, 1))


@pytest.mark.parametrize("order", ["", "order-1"])
def test_a_known_key_is_answered_as_it_was_when_the_offer_gives_nothing_any_more(platform, order):
    offer = an_offer()
    said = asked(offer, order=order)
    made = redeem(actor=platform, asked=said, key="k", at=NOW())
    stop_offer(actor=offer.owner, offer_id=offer.pk, reason="Over", at=NOW())

    again = redeem(actor=platform, asked=said, key="k", at=NOW())

    assert (again.pk, again.now.state, again.amount) == (made.pk, "committed", 30)
    with pytest.raises(ValidationError, match="stopped"):
        redeem(actor=platform, asked=said, key="another", at=NOW())


@pytest.mark.parametrize("way", [reserve, redeem])
def test_what_is_returned_is_what_stands_there(platform, way):
    made = way(actor=platform, asked=asked(an_offer()), key="k", at=NOW())

    kept = Redemption.objects.select_related("now").get(key="k")
    for one, other in ((made, kept), (made.now, kept.now)):
        assert {f.attname: getattr(one, f.attname) for f in one._meta.concrete_fields} == {
            f.attname: getattr(other, f.attname) for f in other._meta.concrete_fields
        }


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_many_times_at_once_is_one_redemption(transactional_db):
    platform, offer, customer = UserFactory(), an_offer(), a_customer()
    said = asked(offer, customer=customer, order="o-9")

    results = at_once(lambda n: redeem(actor=platform, asked=said, key="same", at=NOW()), 64)

    assert {getattr(one, "pk", one) for one in results} == {Redemption.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_many_clients_spend_a_budget_to_its_last_and_never_beyond(transactional_db):
    """Budget for 100 of 30 and 29.99 more; 400 customers ask, some give back meanwhile."""
    platform, offer = UserFactory(), an_offer(budget="3029.99")
    customers = [a_customer() for _ in range(400)]

    def one(n):
        made = reserve(actor=platform, asked=asked(offer, customer=customers[n]), key=f"m-{n}", at=NOW())
        return release(actor=platform, redemption_id=made.pk, at=NOW()) if n % 4 == 0 else commit(
            actor=platform, redemption_id=made.pk, at=NOW()
        )  # fmt: skip

    results = at_once(one, 400)

    reserved, committed, uses = spent(offer)
    paid = sum(1 for one in results if isinstance(one, Redemption) and one.now.state == "committed")
    assert (reserved, committed, uses) == (0, 30 * paid, paid)
    assert 90 <= paid <= 100
    left = at_once(lambda n: redeem(actor=platform, asked=asked(offer), key=f"l-{n}", at=NOW()), 20)
    assert spent(offer)[1] == 3000
    assert any(isinstance(one, ValidationError) for one in left)


@pytest.mark.django_db(transaction=True)
def test_commit_and_release_at_once_leave_one_of_them(transactional_db):
    platform, offer = UserFactory(), an_offer()
    made = [reserve(actor=platform, asked=asked(offer), key=f"c-{n}", at=NOW()) for n in range(10)]

    at_once(
        lambda n: (commit if n % 2 else release)(actor=platform, redemption_id=made[n // 4 % 10].pk, at=NOW()),
        40,
        clients=16,
    )

    assert RedemptionEntry.objects.count() == 10
    committed = RedemptionEntry.objects.filter(kind="committed").count()
    assert spent(offer) == (0, 30 * committed, committed)


def test_terms_of_the_first_version_hold_for_its_coupons(platform):
    offer, customer = an_offer(), a_customer()
    code = issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key="old", at=NOW())[customer.pk]
    write_draft(
        actor=offer.owner, offer_id=offer.pk, at=NOW(), terms={"tiers": [{"spend": "300", "save": "5"}]},
        valid_from=NOW() - timedelta(hours=1), valid_until=NOW() + timedelta(days=9),
    )  # fmt: skip
    put_in_force(offer)

    assert quote(asked(customer=customer, coupon=code), at=NOW()).amount == 30
    assert quote(asked(offer, customer=customer), at=NOW()).amount == 5
    assert offer.version.terms == THRESHOLD or offer.version.terms["tiers"][0]["save"] == "30.00"
