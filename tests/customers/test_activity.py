import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from customers.models import ActivityBatch, ActivityLine, DailyActivity, PortraitRound, Transaction
from customers.services.activity import (
    add_batch,
    keep_lines,
    rebuild_activity,
    reconcile_activity,
    worth_of_lines,
)
from customers.services.portraits import draw_portraits
from tests.customers.histories import DAY, arrive, make_customer, random_movements

pytestmark = pytest.mark.django_db


def rows():
    return list(
        DailyActivity.objects.order_by("customer_id", "day", "line", "kind", "currency").values_list(
            "customer_id", "day", "line", "kind", "currency", "n", "inflow", "outflow", "largest", "squares"
        )
    )


def whole_view():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n), sum(inflow), sum(outflow), sum(turnover), max(largest), sum(squares)"
            " FROM customers_activity"
        )
        return cursor.fetchone()


def test_a_batch_adds_to_what_a_customer_did_that_day():
    customer = make_customer()
    arrive((customer, DAY, "-10.50"), (customer, DAY, "-2"))

    arrive((customer, DAY, "-7.25"), (customer, DAY, "100"))

    assert rows() == [
        (customer.pk, DAY, "payment", "deposit", "CNY", 1, Decimal(100), Decimal(0), Decimal(100), Decimal(10_000)),
        (
            customer.pk,
            DAY,
            "payment",
            "payment",
            "CNY",
            3,
            Decimal(0),
            Decimal("19.75"),
            Decimal("10.50"),
            Decimal("166.8125"),
        ),
    ]


def test_lines_that_are_not_rolled_up_are_read_from_their_transactions():
    customer = make_customer()
    arrive((customer, DAY, "5"), line="payment")

    arrive((customer, DAY, "-20"), line="fund")

    assert [row[2] for row in rows()] == ["payment"]
    assert whole_view() == (2, Decimal(5), Decimal(20), Decimal(25), Decimal(20), Decimal(425))


def test_what_arrived_without_a_batch_is_rolled_up_once():
    customer = make_customer()
    run = arrive((customer, DAY, "5"), (customer, DAY, "6"))
    before = rows()
    DailyActivity.objects.all().delete()
    ActivityBatch.objects.all().delete()

    reconcile_activity()
    reconcile_activity()

    assert rows() == before
    assert ActivityBatch.objects.get().batch_id == run


def test_strays_between_two_chunks_do_not_count_the_chunks_again():
    customer = make_customer()
    run = arrive((customer, DAY, "1"), (customer, DAY, "2"), (customer, DAY, "4"))
    ids = list(Transaction.objects.filter(batch=run).order_by("id").values_list("id", flat=True))
    DailyActivity.objects.all().delete()
    ActivityBatch.objects.all().delete()
    add_batch(batch_id=run, first_id=ids[1], last_id=ids[1])

    reconcile_activity()

    assert [(row[5], row[6]) for row in rows()] == [(3, Decimal(7))]


def test_a_day_whose_sum_is_wrong_is_made_again_and_the_next_portraits_start_from_scratch():
    customer = make_customer()
    arrive((customer, DAY, "5"), (customer, DAY - timedelta(days=1), "6"))
    draw_portraits(business_date=DAY)
    arrive((customer, DAY, "7"))
    right = rows()
    DailyActivity.objects.filter(day=DAY).update(inflow=1)

    reconcile_activity()

    assert rows() == right
    assert PortraitRound.objects.get().is_void


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_up_by_batches_it_equals_one_from_scratch(seed):
    chance = random.Random(seed)
    customers = [make_customer(f"c{number}") for number in range(5)]
    for _ in range(6):
        arrive(*random_movements(chance, customers, date(2026, 5, 1), DAY, 30))
    kept = rows()

    rebuild_activity()

    assert rows() == kept


def test_another_choice_of_lines_changes_what_is_stored_and_not_what_is_seen():
    chance, customer = random.Random(4), make_customer()
    arrive(*random_movements(chance, [customer], DAY - timedelta(days=20), DAY, 40), line="fund")
    arrive(*random_movements(chance, [customer], DAY - timedelta(days=20), DAY, 40))
    seen = whole_view()

    keep_lines(lines=["fund"])

    assert whole_view() == seen
    assert {row[2] for row in rows()} == {"fund"}
    assert set(ActivityLine.objects.values_list("line", flat=True)) == {"fund"}


def test_a_line_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(ValidationError, match="no line gold.*payment"):
        keep_lines(lines=["gold"])


def test_a_roll_up_pays_where_customers_move_money_several_times_a_day():
    daily, monthly = make_customer("daily"), make_customer("monthly")
    arrive(*[(daily, DAY, f"-{number}") for number in range(1, 7)])
    arrive((monthly, DAY, "10"), (monthly, DAY - timedelta(days=30), "10"), line="fund")

    worth = {row.line: row for row in worth_of_lines()}

    assert (worth["payment"].ratio, worth["payment"].pays, worth["payment"].is_kept) == (Decimal(6), True, True)
    assert (worth["fund"].ratio, worth["fund"].pays, worth["fund"].is_kept) == (Decimal(1), False, False)


def test_the_command_says_what_it_wrote(capsys):
    arrive((make_customer(), DAY, "5"))

    call_command("rebuild_activity")

    assert "1 rows of daily activity" in capsys.readouterr().out
