"""Repayment schedules against published schedules, real contracts, and what must hold for any loan."""

import csv
import gzip
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.rules.calendar import actual_actual, days_30_360, shift_months, years_back
from products.rules.schedules import DAY_COUNTS, DAYS, METHODS, MONTHS, repayment_schedule

LENDING = Path(__file__).resolve().parents[3] / "shared/data/lending/loans_full_schema.csv.gz"
PERCENT_A_MONTH = {"principal": Decimal(120_000), "annual_rate": Decimal("0.12"), "periods": 12, "day_count": "30/360"}


def test_apache_fineract_case_c3152_to_the_cent():
    lines = repayment_schedule(
        principal=Decimal(10_000), annual_rate=Decimal("0.12"), periods=6, start=date(2023, 12, 12)
    )

    assert [str(line.amount) for line in lines] == ["1725.56"] * 5 + ["1725.59"]
    assert [str(line.interest) for line in lines] == ["101.81", "85.14", "64.05", "51.58", "33.45", "17.36"]
    assert sum(line.interest for line in lines) == Decimal("353.39")
    assert [line.due for line in lines] == [date(2024, month, 12) for month in range(1, 7)]


@pytest.mark.parametrize("start", [date(2024, 1, 1), date(2024, 1, 29), date(2023, 1, 30), date(2024, 8, 31)])
def test_one_percent_a_month_is_one_percent_whatever_the_month(start):
    level = repayment_schedule(**PERCENT_A_MONTH, start=start)
    falling = repayment_schedule(**PERCENT_A_MONTH, start=start, method="equal_principal")

    assert level[0].amount == Decimal("10661.85")
    assert sum(line.interest for line in level) == Decimal("7942.26")
    assert (falling[0].amount, falling[-1].amount) == (Decimal("11200.00"), Decimal("10100.00"))
    assert sum(line.interest for line in falling) == Decimal("7800.00")


def test_interest_only_pays_the_principal_last():
    lines = repayment_schedule(**PERCENT_A_MONTH, start=date(2024, 1, 31), method="interest_only")

    assert [line.amount for line in lines] == [Decimal("1200.00")] * 11 + [Decimal("121200.00")]
    assert lines[-2].balance == 120_000


def test_a_bullet_is_one_payment_with_simple_interest():
    (line,) = repayment_schedule(**PERCENT_A_MONTH, start=date(2024, 1, 31), method="bullet")

    assert (line.due, line.interest, line.amount) == (date(2025, 1, 31), Decimal("14400.00"), Decimal("134400.00"))


def test_due_dates_keep_the_day_they_are_anchored_at():
    lines = repayment_schedule(principal=100, annual_rate=0, periods=5, start=date(2023, 10, 31))
    leap = repayment_schedule(principal=100, annual_rate=0, periods=2, start=date(2024, 2, 29), every="year")
    given_first = repayment_schedule(
        principal=100, annual_rate=0, periods=3, start=date(2024, 1, 5), first_due=date(2024, 1, 30)
    )

    assert [str(line.due) for line in lines] == ["2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]
    assert [str(line.due) for line in leap] == ["2025-02-28", "2026-02-28"]
    assert [str(line.due) for line in given_first] == ["2024-01-30", "2024-02-29", "2024-03-30"]


@pytest.mark.parametrize(
    ("every", "second"),
    [("week", "2024-01-29"), ("fortnight", "2024-02-12"), ("quarter", "2024-07-15"), ("half_year", "2025-01-15")],
)
def test_intervals(every, second):
    lines = repayment_schedule(principal=100, annual_rate="0.1", periods=2, start=date(2024, 1, 15), every=every)

    assert str(lines[1].due) == second


@pytest.mark.parametrize(
    ("day_count", "interest"),
    [("actual/actual", "819.67"), ("actual/365", "821.92"), ("actual/360", "833.33"), ("30/360", "861.11")],
)
def test_day_counts_over_the_leap_february_of_an_odd_first_period(day_count, interest):
    (line,) = repayment_schedule(
        principal=100_000,
        annual_rate="0.10",
        periods=1,
        start=date(2024, 2, 10),
        first_due=date(2024, 3, 11),
        day_count=day_count,
    )

    assert line.interest == Decimal(interest)


def test_a_longer_first_period_bears_more_interest_and_the_rest_is_regular():
    lines = repayment_schedule(**PERCENT_A_MONTH, start=date(2024, 1, 1), first_due=date(2024, 2, 16))

    assert lines[0].interest == Decimal("1800.00")  # 45 days of 30/360
    assert len({line.amount for line in lines[:-1]}) == 1


def test_what_a_long_first_period_earns_beyond_the_instalment_adds_to_the_balance():
    lines = repayment_schedule(
        principal=10_000, annual_rate="0.24", periods=60, start=date(2024, 1, 1), first_due=date(2026, 1, 1)
    )

    assert lines[0].principal < 0
    assert lines[0].balance > 10_000
    assert lines[-1].balance == 0


def test_no_rate_divides_evenly_and_the_last_takes_the_rest():
    lines = repayment_schedule(principal=100, annual_rate=0, periods=3, start=date(2024, 1, 1))

    assert [str(line.amount) for line in lines] == ["33.33", "33.33", "33.34"]


def test_an_amount_too_small_for_its_periods_is_never_repaid_twice():
    lines = repayment_schedule(principal="0.08", annual_rate="0.1", periods=12, start=date(2024, 1, 1))

    assert [str(line.principal) for line in lines] == ["0.01"] * 8 + ["0.00"] * 4


@pytest.mark.parametrize(("rounding", "first"), [("0.01", "8606.64"), ("1", "8607"), ("0.05", "8606.65")])
def test_rounding_follows_the_currency(rounding, first):
    lines = repayment_schedule(
        principal=100_000, annual_rate="0.06", periods=12, start=date(2024, 1, 1), day_count="30/360", rounding=rounding
    )

    assert str(lines[0].amount) == first


loans = st.fixed_dictionaries(
    {
        "principal": st.integers(1, 10**14).map(lambda cents: Decimal(cents) / 100),
        "annual_rate": st.integers(0, 500).map(lambda rate: Decimal(rate) / 1000),
        "periods": st.integers(1, 60),
        "start": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
        "method": st.sampled_from(METHODS),
        "day_count": st.sampled_from(sorted(DAY_COUNTS)),
        "every": st.sampled_from(sorted(MONTHS | DAYS)),
    }
)


@settings(max_examples=150, deadline=None)
@given(loans)
def test_every_loan_is_repaid_once_and_in_order(loan):
    lines = repayment_schedule(**loan)

    assert sum(line.principal for line in lines) == loan["principal"]
    assert lines[-1].balance == 0
    assert all(line.amount == line.principal + line.interest for line in lines)
    assert all(line.interest >= 0 for line in lines)
    assert all(line.principal >= 0 for line in lines) or loan["method"] == "equal_instalment"
    assert all(before.due < after.due for before, after in pairwise(lines))
    assert all(before.balance - after.principal == after.balance for before, after in pairwise(lines))
    assert all(line.amount.as_tuple().exponent == -2 for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.integers(1, 400), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_level_instalments_differ_only_in_the_last(periods, rate, start):
    lines = repayment_schedule(principal=1_000_000, annual_rate=Decimal(rate) / 1000, periods=periods, start=start)

    assert len({line.amount for line in lines[:-1]}) == 1
    assert abs(lines[-1].amount - lines[0].amount) <= Decimal("0.01") * periods * 2


def test_huge_amounts_stay_exact():
    lines = repayment_schedule(principal=10**30, annual_rate="0.1", periods=12, start=date(2024, 1, 31))

    assert sum(Fraction(line.principal) for line in lines) == 10**30
    assert lines[-1].balance == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"principal": 0}, "principal is 0: it must be more than nought"),
        ({"principal": "NaN"}, "principal is 'NaN': it must be a number"),
        ({"principal": "a lot"}, "must be a number"),
        ({"principal": "10.001"}, "no multiple of 0.01"),
        ({"annual_rate": "-0.01"}, "must not be less than nought"),
        ({"annual_rate": float("inf")}, "must be a number"),
        ({"periods": 0}, "whole number from 1"),
        ({"periods": 2.5}, "whole number from 1"),
        ({"periods": True}, "whole number from 1"),
        ({"start": "2024-01-01"}, "must be a date"),
        ({"start": date(9999, 6, 1)}, "outside the years"),
        ({"start": date(9999, 12, 1), "every": "day", "periods": 90}, "after the year 9999"),
        ({"first_due": date(2024, 1, 1)}, "not after the start"),
        ({"method": "balloon"}, "choose one of equal_instalment"),
        ({"day_count": "actual/364"}, "choose one of actual/actual"),
        ({"every": "moon"}, "choose one of month"),
        ({"rounding": 0}, "rounding is 0"),
    ],
)
def test_bad_terms_get_a_sentence(wrong, sentence):
    terms = {"principal": 1000, "annual_rate": "0.1", "periods": 12, "start": date(2024, 1, 1)}

    with pytest.raises(ValueError, match=sentence):
        repayment_schedule(**{**terms, **wrong})


@pytest.mark.skipif(not LENDING.exists(), reason=f"{LENDING} is not on this machine")
def test_9997_of_10000_real_contracts_have_our_instalment():
    with gzip.open(LENDING, "rt") as file:
        contracts = list(csv.DictReader(file))

    holds = sum(
        abs(
            repayment_schedule(
                principal=Decimal(contract["loan_amount"]),
                annual_rate=Decimal(contract["interest_rate"]) / 100,
                periods=int(contract["term"]),
                start=date(2018, 1, 1),
                day_count="30/360",
            )[0].amount
            - Decimal(contract["installment"])
        )
        <= Decimal("0.01")
        for contract in contracts
    )

    assert (holds, len(contracts)) == (9997, 10_000)


def test_actual_actual_gives_each_day_to_its_own_year():
    assert actual_actual(date(2023, 12, 12), date(2024, 1, 12)) == Decimal(19) / 365 + Decimal(12) / 366
    assert actual_actual(date(2022, 12, 31), date(2025, 12, 31)) == 3


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 4000), st.integers(0, 4000))
def test_actual_actual_adds_up(start, first, second):
    middle, end = start + timedelta(first), start + timedelta(first + second)

    whole = actual_actual(start, end)
    assert abs(actual_actual(start, middle) + actual_actual(middle, end) - whole) < Decimal("1e-24")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [  # ISDA 2006, section 4.16(f)
        ("2007-01-15", "2007-01-30", 15),
        ("2007-01-15", "2007-02-15", 30),
        ("2007-09-30", "2008-03-31", 180),
        ("2007-09-30", "2007-10-31", 30),
        ("2007-08-31", "2008-02-28", 178),
        ("2007-02-14", "2007-03-31", 47),
    ],
)
def test_thirty_360(start, end, days):
    assert days_30_360(date.fromisoformat(start), date.fromisoformat(end)) == days


def test_months_and_years_at_their_ends():
    assert shift_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert shift_months(date(2024, 3, 31), -13) == date(2023, 2, 28)
    assert shift_months(date(2024, 2, 29), 1, on=31) == date(2024, 3, 31)
    assert years_back(date(2023, 3, 1), date(2024, 3, 1)) == 1
    assert years_back(date(2024, 2, 29), date(2028, 2, 29)) == 4
    with pytest.raises(ValueError, match="outside the years"):
        shift_months(date(1, 1, 1), -1)
