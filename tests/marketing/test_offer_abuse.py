"""A ring of abusers among honest customers: found before payout, and honest ones are paid."""

import json
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from marketing.models import AbuseRule, AbuseScore, Redemption, RedemptionEntry, RedemptionState
from marketing.rules.abuse import rings, score_of
from marketing.services.abuse import reasons_of
from marketing.services.abuse_rules import propose_rule
from marketing.services.redemptions import redeem
from marketing.services.rings import rings_of
from marketing.services.settlement import decide_held, enter_all, lock_counters, pay_due, release
from marketing.services.signals import Signals
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.offers import a_customer, a_redemption, an_offer, asked

WEIGHTS = {
    "device": 35,
    "payee": 40,
    "address": 15,
    "network": 10,
    "contact": 40,
    "joined": 15,
    "timing": 10,
    "velocity": 20,
}


def state(redemption):
    return RedemptionState.objects.get(pk=redemption.pk).state


def test_a_couple_is_no_ring_and_many_at_one_payee_are():
    assert score_of({"device": 1, "address": 1, "network": 1}, WEIGHTS) < 60
    assert score_of({"payee": 6, "network": 6, "timing": 4}, WEIGHTS) >= 60
    assert score_of({}, WEIGHTS) == score_of({"payee": -3}, WEIGHTS) == 0


def test_customers_are_linked_through_others():
    pairs = [(1, "d1"), (2, "d1"), (2, "p1"), (3, "p1"), (4, "d9"), (5, "d9"), (6, "d10")]
    assert rings(pairs) == [{1, 2, 3}]
    assert rings(pairs, smallest=2) == [{1, 2, 3}, {4, 5}]


@pytest.fixture
def population(db):
    """60 honest customers, among them couples at one address and colleagues behind one office network, and a ring of 12
    accounts made within minutes that share three devices and two payees."""
    platform, random = UserFactory(role="administrator"), Random(7)
    offer = an_offer(kind="red_packet", terms={"form": "fixed", "amount": "8.88"}, payout_hours=24)
    at, honest, ring = timezone.now(), [], []
    for n in range(60):
        home = n // 2 if n < 20 else n  # the first ten pairs are couples
        signals = Signals(
            device=f"phone-{n}",
            network=f"10.{n // 6 if n >= 30 else n}.7.{n}",
            payee=f"6222{n:012}",
            address=f"Road {home}, flat 3",
        )
        honest.append(
            (a_customer(joined_on=date(2024, 1, 1) + timedelta(days=n * 3)), signals, random.randrange(0, 20 * 3600))
        )
    for n in range(12):
        signals = Signals(device=f"farm-{n % 3}", network="203.0.113.9", payee=f"9999{n % 2:012}", address=f"Shed {n}")
        ring.append((a_customer(joined_on=timezone.localdate(at)), signals, 3600 + n * 60))
    everybody = [(*one, "honest") for one in honest] + [(*one, "ring") for one in ring]
    random.shuffle(everybody)
    made = [
        (redeem(actor=platform, asked=asked(offer, customer=customer), key=f"p-{n}", signals=signals,
                at=at + timedelta(seconds=seconds)), who)
        for n, (customer, signals, seconds, who) in enumerate(everybody)
    ]  # fmt: skip
    return offer, at, made


def test_a_planted_ring_is_held_before_payout_and_honest_customers_are_paid(population):
    offer, at, made = population

    paid, held = pay_due(at=at + timedelta(hours=50))

    states = [(state(one), who) for one, who in made]
    caught = sum(1 for where, who in states if (where, who) == ("held", "ring"))
    wronged = sum(1 for where, who in states if (where, who) == ("held", "honest"))
    assert (caught, wronged, paid, held) == (12, 0, 60, 12)  # recall 12/12, precision 12/12
    reasons = reasons_of(AbuseScore.objects.filter(redemption__now__state="held").first().signs)
    assert "same payee as" in reasons
    assert "same device as" in reasons


def entries(kind):
    """Why, by redemption."""
    return dict(RedemptionEntry.objects.filter(kind=kind).values_list("redemption", "reason"))


def test_each_of_many_is_held_for_its_own_signs_and_the_paid_for_none(population):
    _offer, at, made = population

    pay_due(at=at + timedelta(hours=50))

    held = {
        one.redemption_id: reasons_of(one.signs) for one in AbuseScore.objects.filter(redemption__now__state="held")
    }
    assert len(set(held.values())) > 1
    assert entries("held") == held
    assert entries("committed") == {one.pk: "" for one, who in made if who == "honest"}


def test_many_entries_are_written_each_for_its_own_reason(db):
    offer, at = an_offer(kind="red_packet", terms={"form": "fixed", "amount": "8.88"}, payout_hours=24), timezone.now()
    first, second, third = (a_redemption(offer, at=at) for _n in range(3))
    reasons = {third.pk: "Signs of the third", first.pk: "Signs of the first"}

    with transaction.atomic():
        lock_counters(list(reasons))
        enter_all(reasons, "held", at=at)

    assert entries("held") == reasons
    assert [state(one) for one in (first, second, third)] == ["held", "waiting", "held"]
    noted = Event.objects.get(table_name="marketing_redemptionentry", action="marketing.redemption.held")
    assert json.loads(noted.body)["rows"] == 2


def test_the_ring_is_shown_as_one(population):
    offer, _at, made = population
    suspects = {one.customer_id for one, who in made if who == "ring"}

    found = rings_of(offer)

    assert found[0].customers >= suspects
    assert len(found[0].customers) == 12
    assert {"device", "payee", "network"} <= set(found[0].signs)


def test_what_is_held_is_paid_or_refused_by_a_person_with_a_reason(population):
    offer, at, made = population
    pay_due(at=at + timedelta(hours=50))
    officer = UserFactory(role="risk")
    first, second = list(Redemption.objects.held().order_by("pk")[:2])

    with pytest.raises(ValidationError, match="Say why"):
        decide_held(actor=officer, redemption_id=first.pk, pay=True, reason=" ", at=timezone.now())
    with pytest.raises(ValidationError, match="reviews"):
        release(actor=officer, redemption_id=first.pk, at=timezone.now())
    decide_held(
        actor=officer, redemption_id=first.pk, pay=True, reason="A class that shares devices", at=timezone.now()
    )
    decide_held(actor=officer, redemption_id=second.pk, pay=False, reason="Ring of one payee", at=timezone.now())
    with pytest.raises(ValidationError, match="not held"):
        decide_held(actor=officer, redemption_id=first.pk, pay=False, reason="Changed my mind", at=timezone.now())

    assert (state(first), state(second)) == ("committed", "released")


def test_a_discount_at_once_is_held_at_once_where_signs_are_many(db):
    platform, offer = UserFactory(role="administrator"), an_offer()
    same = Signals(device="one", payee="6222", network="198.51.100.4")
    made = [redeem(actor=platform, asked=asked(offer), key=f"h-{n}", at=timezone.now(), signals=same) for n in range(5)]
    assert [state(one) for one in made[:2]] == ["committed"] * 2
    assert state(made[-1]) == "held"


def test_signals_are_kept_as_hashes_and_an_address_in_any_writing_is_one(db):
    one = Signals(address="Road 3,  Flat B", network="203.0.113.77", device="ABC").hashed()
    other = Signals(address="ｒｏａｄ 3 flat b", network="203.0.113.2").hashed()

    assert one["address"] == other["address"]
    assert one["network"] == other["network"]
    assert one["payee"] is None
    assert b"ABC" not in one["device"]
    with pytest.raises(ValidationError, match="IP"):
        Signals(network="not an address").hashed()


RULE = {
    "threshold": 10, "device": 35, "payee": 40, "address": 15, "network": 10, "contact": 40, "joined": 15, "timing": 10,
    "velocity": 20, "window_hours": 24, "minutes": 5, "many": 3, "source": "Decision of the committee",
}  # fmt: skip


def test_when_a_payout_is_held_is_agreed_by_two_people_from_a_day_on(db):
    maker, checker = UserFactory(role="risk"), UserFactory(role="compliance")
    said = {"valid_from": timezone.localdate(), **RULE}

    request = propose_rule(actor=maker, reason="Too many rings last week", at=timezone.now(), **said)
    assert AbuseRule.objects.count() == 1
    agreed(request, checker)

    assert AbuseRule.objects.order_by("-valid_from")[0].threshold == 10
    with pytest.raises(ValidationError, match="today or later"):
        propose_rule(
            actor=maker, reason="Back-dated rule", at=timezone.now(), **{**said, "valid_from": date(2020, 5, 1)}
        )
    with pytest.raises(PermissionDenied):
        propose_rule(
            actor=UserFactory(role="marketing"),
            reason="Let us pay more",
            at=timezone.now(),
            **said | {"valid_from": date(2099, 1, 1)},
        )
    for act in (
        lambda: AbuseRule.objects.update(threshold=1),
        lambda: AbuseRule.objects.create(valid_from=date(2030, 1, 1), **RULE),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_who_redeems_very_often_is_seen(db):
    platform, customer = UserFactory(role="administrator"), a_customer()
    made = None
    for n in range(10):
        made = redeem(
            actor=platform, asked=asked(an_offer(), customer=customer), key=f"v-{n}", at=timezone.now(),
            signals=Signals(device="own"),
        )  # fmt: skip
    assert AbuseScore.objects.get(redemption=made).signs == {"velocity": 3}
    assert made.amount == Decimal(30)


def test_risk_proposes_a_rule_on_its_page(client, db):
    client.force_login(UserFactory(role="risk"))
    said = {**RULE, "valid_from": "2099-01-01", "reason": "Too many rings last week"}

    answer = client.post(reverse("marketing:abuse_rule_change"), said)
    wrong = client.post(reverse("marketing:abuse_rule_change"), {**said, "valid_from": "2020-02-02"})

    assert answer.status_code == 302, answer.context["form"].errors
    assert "today or later" in str(wrong.context["form"].errors)
    assert "waits for approval" in client.get(reverse("marketing:abuse_rules")).content.decode()
