import random
import statistics
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Account, Holding, Instalment, Lifecycle, Loan, Portrait, PortraitRound, Transaction
from customers.services.activity import rebuild_activity
from customers.services.portraits import as_of, draw_portraits
from tests.customers.histories import (
    COLUMNS,
    DAY,
    arrive,
    make_account,
    make_customer,
    make_product,
    make_source,
    portraits,
    random_movements,
    versions,
)

pytestmark = pytest.mark.django_db


def days_before(n):
    return DAY - timedelta(days=n)


def in_python(customer, day):
    """The movements of one customer, computed without SQL."""
    moves = [move for move in Transaction.objects.filter(customer=customer) if move.booked_on <= day]
    own = [move for move in moves if move.currency == customer.currency]
    lately = [move for move in own if move.booked_on > day - timedelta(days=90)]
    month = [move for move in lately if move.booked_on > day - timedelta(days=30)]
    sizes = [abs(move.amount) for move in lately]
    return {
        "n_30": len(month),
        "inflow_30": sum(m.amount for m in month if m.amount > 0),
        "outflow_30": -sum(m.amount for m in month if m.amount < 0),
        "n_90": len(lately),
        "inflow_90": sum(m.amount for m in lately if m.amount > 0),
        "outflow_90": -sum(m.amount for m in lately if m.amount < 0),
        "largest_90": max(sizes, default=0),
        "active_days_90": len({m.booked_on for m in moves if m.booked_on > day - timedelta(days=90)}),
        "mean_90": pytest.approx(float(statistics.mean(sizes))) if sizes else None,
        "deviation_90": pytest.approx(statistics.stdev(map(float, sizes)), abs=1e-6) if len(sizes) > 1 else None,
        "frequency": len(own),
        "monetary": sum(abs(m.amount) for m in own),
        "first_on": min((m.booked_on for m in moves), default=None),
        "last_on": max((m.booked_on for m in moves), default=None),
        "other_currency_n": len(moves) - len(own),
    }


def test_a_portrait_says_what_its_movements_say():
    chance = random.Random(7)
    customers = [make_customer(f"c{number}") for number in range(6)]
    arrive(*random_movements(chance, customers[:5], days_before(200), DAY + timedelta(days=5), 150))
    arrive(*random_movements(chance, customers[:5], days_before(200), DAY, 60), line="fund")

    draw_portraits(business_date=DAY)

    for customer in customers:
        portrait = Portrait.objects.get(pk=customer.pk)
        expected = in_python(customer, DAY)
        assert {name: getattr(portrait, name) for name in expected} == expected


@pytest.mark.parametrize(("age", "in_30", "in_90"), [(0, 1, 1), (29, 1, 1), (30, 0, 1), (89, 0, 1), (90, 0, 0)])
def test_the_last_thirty_and_ninety_days_include_the_business_date(age, in_30, in_90):
    customer = make_customer()
    arrive((customer, days_before(age), "5"))

    draw_portraits(business_date=DAY)

    portrait = Portrait.objects.get()
    assert (portrait.n_30, portrait.n_90, portrait.frequency) == (in_30, in_90, 1)


@pytest.mark.parametrize(
    ("joined", "last_move", "lifecycle"),
    [
        (29, 0, "new"),
        (30, 29, "active"),
        (400, 30, "cooling"),
        (400, 89, "cooling"),
        (400, 90, "dormant"),
        (400, None, "never"),
    ],
)
def test_a_lifecycle_follows_from_joining_and_the_last_movement(joined, last_move, lifecycle):
    customer = make_customer(joined_on=days_before(joined))
    if last_move is not None:
        arrive((customer, days_before(last_move), "5"))

    draw_portraits(business_date=DAY)

    assert Portrait.objects.get().lifecycle == Lifecycle(lifecycle)


def test_a_second_round_for_the_same_date_writes_no_row():
    customers = [make_customer(f"c{number}") for number in range(4)]
    arrive(*random_movements(random.Random(1), customers, days_before(120), DAY, 80))
    draw_portraits(business_date=DAY)
    before = versions()

    assert draw_portraits(business_date=DAY) == 0
    assert draw_portraits(business_date=DAY, whole=True) == 0

    assert versions() == before


def test_a_quiet_night_rewrites_only_those_whose_windows_moved():
    still, edge = make_customer("still"), make_customer("edge")
    arrive((still, days_before(10), "5"), (edge, days_before(29), "5"))
    draw_portraits(business_date=DAY)
    before = versions()

    assert draw_portraits(business_date=DAY + timedelta(days=1)) == 1

    after = versions()
    assert {pk for pk in after if after[pk] != before[pk]} == {edge.pk}
    assert as_of() == DAY + timedelta(days=1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    steps=st.lists(st.sampled_from([0, 1, 1, 1, 2, 7, 29, 30, 31, 45, -3]), min_size=2, max_size=5),
)
def test_night_after_night_equals_from_scratch(db, seed, steps):
    from django.db import transaction

    with transaction.atomic():
        chance = random.Random(seed)
        customers = [make_customer(f"c{n}", joined_on=DAY - timedelta(days=chance.randint(0, 200))) for n in range(6)]
        for customer in customers:
            make_account(customer, balance="10")
        arrive(*random_movements(chance, customers, days_before(150), DAY, 60))
        arrive(*random_movements(chance, customers, days_before(150), DAY + timedelta(days=20), 30), line="fund")
        day = DAY
        draw_portraits(business_date=day)
        for step in steps:
            day += timedelta(days=step)
            change_something(chance, customers, day)
            draw_portraits(business_date=day)
            stepped = portraits()

            draw_portraits(business_date=day, whole=True)
            assert stepped == portraits(), f"day {day}, columns {COLUMNS}"
        transaction.set_rollback(True)


def change_something(chance, customers, day):
    """New movements, some late and some early, and now and then a changed account, holding or loan."""
    first, last = day - timedelta(days=chance.choice([0, 1, 50, 120])), day + timedelta(days=chance.choice([0, 3]))
    arrive(
        *random_movements(chance, chance.sample(customers, 3), first, last, 8), line=chance.choice(["payment", "fund"])
    )
    customer = chance.choice(customers)
    what = chance.randint(0, 4)
    if what == 0:
        Account.objects.filter(customer=customer).update(balance=chance.randint(0, 99999), balance_on=day)
    elif what == 1:
        hold(customer, opened_on=day + timedelta(days=chance.choice([-5, 0, 1])), closed_on=day + timedelta(days=2))
    elif what == 2:
        lend(customer, disbursed_on=day - timedelta(days=chance.choice([0, 70])))
    elif what == 3:
        Instalment.objects.filter(loan__customer=customer, paid_on=None).update(paid_on=day, paid=110)
    else:
        customers.append(make_customer("late", joined_on=day))


def hold(customer, **fields):
    return Holding.objects.create(
        customer=customer, product=make_product("fund", "fund"), currency="CNY", value=Decimal("12.34"), **fields
    )


def lend(customer, *, disbursed_on, months=6, **fields):
    loan = Loan.objects.create(
        customer=customer,
        product=make_product("p2p", "loan"),
        currency="CNY",
        principal=600,
        periods=months,
        number="L",
        disbursed_on=disbursed_on,
        **fields,
    )
    Instalment.objects.bulk_create(
        Instalment(loan=loan, number=n, due_on=disbursed_on + timedelta(days=30 * n), principal=100, interest=10)
        for n in range(1, months + 1)
    )
    return loan


def test_an_earlier_date_is_drawn_as_it_was_then():
    customer = make_customer()
    account = make_account(customer, balance="30", balance_on=DAY)
    source = make_source()
    arrive((customer, days_before(20), "10"), (customer, DAY, "20"))
    Transaction.objects.bulk_create(
        Transaction(
            customer=customer,
            account=account,
            booked_on=day,
            amount=0,
            balance_after=balance,
            currency="CNY",
            kind="other",
            source=source,
            external_id=f"b{balance}",
            line="payment",
        )
        for day, balance in ((days_before(20), 10), (DAY, 30))
    )
    rebuild_activity()
    draw_portraits(business_date=DAY)
    assert Portrait.objects.get().balance == 30

    draw_portraits(business_date=days_before(5))

    portrait = Portrait.objects.get()
    assert (portrait.balance, portrait.monetary, portrait.last_on) == (10, 10, days_before(20))
    assert PortraitRound.objects.first().whole


def test_overdue_days_grow_every_day_until_it_is_paid():
    customer = make_customer()
    loan = lend(customer, disbursed_on=days_before(40))
    draw_portraits(business_date=DAY)
    portrait = Portrait.objects.get()
    assert (portrait.overdue_days, portrait.overdue_amount, portrait.loans_outstanding) == (10, 110, 600)
    assert portrait.flags == ["overdue"]

    draw_portraits(business_date=DAY + timedelta(days=1))
    assert Portrait.objects.get().overdue_days == 11

    loan.instalments.filter(number=1).update(paid=110, paid_on=DAY + timedelta(days=2))
    draw_portraits(business_date=DAY + timedelta(days=2))
    portrait = Portrait.objects.get()
    assert (portrait.overdue_days, portrait.overdue_amount, portrait.loans_outstanding, portrait.flags) == (
        0,
        0,
        500,
        [],
    )


def test_other_currencies_are_counted_and_left_out_of_the_sums():
    customer = make_customer()
    arrive((customer, DAY, "5"), (customer, days_before(1), "-700", "USD"))

    draw_portraits(business_date=DAY)

    portrait = Portrait.objects.get()
    assert (portrait.inflow_30, portrait.outflow_30, portrait.n_30, portrait.other_currency_n) == (5, 0, 1, 1)
    assert (portrait.active_days_90, portrait.flags) == (2, ["other_currency"])


def test_what_committed_after_a_round_began_is_taken_by_the_next():
    """A change of an account by a transaction that was still open when the round looked is found by its number, not
    its time."""
    customer = make_customer()
    make_account(customer, balance="1")
    draw_portraits(business_date=DAY)

    Account.objects.update(balance=2)

    assert draw_portraits(business_date=DAY) == 1
    assert Portrait.objects.get().balance == 2


def test_days_since_the_last_movement_are_counted_from_any_day():
    customer = make_customer()
    arrive((customer, date(2026, 6, 1), "5"))
    draw_portraits(business_date=DAY)

    assert Portrait.objects.get().recency_days(DAY) == 29
