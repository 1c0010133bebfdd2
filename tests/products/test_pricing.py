"""Prices of credit against every example their sources print."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.rules.calendar import shift_months
from products.rules.pricing import european_aprc, instalment_fee_rates, regulation_z_apr, xirr
from products.rules.unit_periods import Scale, UnitPeriod, find_unit_period, read_unit_period


def monthly(first, count, months=1):
    return [shift_months(first, months * k) for k in range(count)]


def daily(first, count, days):
    return [first + timedelta(days * k) for k in range(count)]


def semimonthly(first, days, count):
    dates = [shift_months(first.replace(day=1), k // 2, on=days[k % 2]) for k in range(count + 1)]
    return [day for day in dates if day >= first][:count]


def apr(lent_on, amount, dates, payments, **options):
    return regulation_z_apr([(lent_on, amount)], list(zip(dates, payments, strict=True)), **options)


def skipped_payment_dates():
    """Every four weeks; a second payment within a month is put off by two weeks into the next."""
    dates = [date(1978, 2, 20)]
    while len(dates) < 24:
        due = dates[-1] + timedelta(28)
        dates.append(due + timedelta(14) if due.month == dates[-1].month else due)
    return dates


APPENDIX_J = {
    "(c)(1)(i) monthly": ("9.69", date(1978, 1, 10), 5000, monthly(date(1978, 2, 10), 24), [230] * 24),
    "(c)(1)(ii) monthly, long first period": (
        "11.82",
        date(1978, 2, 10),
        6000,
        monthly(date(1978, 4, 1), 36),
        [200] * 36,
    ),
    "(c)(1)(iii) semimonthly, short first period": (
        "10.34",
        date(1978, 2, 23),
        5000,
        semimonthly(date(1978, 3, 1), (1, 16), 24),
        ["219.17"] * 24,
    ),
    "(c)(1)(iv) quarterly, long first period": (
        "8.97",
        date(1978, 5, 23),
        10000,
        monthly(date(1978, 10, 1), 40, 3),
        [385] * 40,
    ),
    "(c)(1)(v) weekly, long first period": (
        "14.96",
        date(1978, 3, 20),
        500,
        daily(date(1978, 4, 21), 30, 7),
        ["17.60"] * 30,
    ),
    "(c)(2)(i) odd first payment": (
        "10.08",
        date(1978, 1, 10),
        5000,
        monthly(date(1978, 2, 10), 24),
        [250] + [230] * 23,
    ),
    "(c)(2)(ii) every four weeks": (
        "28.50",
        date(1978, 3, 18),
        400,
        daily(date(1978, 4, 20), 12, 28),
        ["39.50"] + ["38.31"] * 11,
    ),
    "(c)(3)(i) odd final payment": (
        "10.50",
        date(1978, 1, 10),
        5000,
        monthly(date(1978, 2, 10), 24),
        [230] * 23 + [280],
    ),
    "(c)(3)(ii) every two weeks": (
        "12.22",
        date(1978, 4, 3),
        200,
        daily(date(1978, 4, 11), 20, 14),
        ["9.50"] * 19 + [30],
    ),
    "(c)(4)(i) odd first and final payment": (
        "10.90",
        date(1978, 1, 10),
        5000,
        monthly(date(1978, 2, 10), 24),
        [250] + [230] * 22 + [280],
    ),
    "(c)(4)(ii) every two months": (
        "7.30",
        date(1978, 1, 10),
        8000,
        monthly(date(1978, 3, 1), 20, 2),
        ["449.36"] + [465] * 18 + [200],
    ),
    "(c)(5)(i) one payment, in days": ("11.45", date(1978, 1, 3), 1000, [date(1978, 9, 15)], [1080]),
    "(c)(5)(ii) one payment, in months": ("8.80", date(1978, 7, 15), 1000, [date(1979, 1, 15)], [1044]),
    "(c)(5)(iii) one payment, a year and a half": ("8.76", date(1978, 1, 17), 1000, [date(1979, 7, 17)], ["1135.19"]),
    "(c)(5)(iv) one payment, two years": ("11.36", date(1978, 1, 3), 1000, [date(1980, 1, 3)], [1240]),
    "(c)(6)(i) skipped payments": ("12.00", date(1978, 1, 25), 2135, skipped_payment_dates(), [100] * 24),
}


@pytest.mark.parametrize("example", APPENDIX_J)
def test_regulation_z_appendix_j(example):
    printed, *transaction = APPENDIX_J[example]

    assert str(apr(*transaction)) == printed


@pytest.mark.parametrize(
    ("printed", "lent_on", "amount", "dates", "payment"),
    [  # the F# library FSharp.Finance.Personal, its cases checked by spreadsheet
        ("9.15", date(1978, 6, 23), 10000, monthly(date(1978, 10, 1), 40, 3), 385),
        ("9.32", date(1978, 7, 23), 10000, monthly(date(1978, 10, 1), 40, 3), 385),
        ("94.15", date(2023, 10, 26), 1000, daily(date(2023, 11, 30), 5, 1), 220),
        ("176.52", date(2023, 10, 28), 1000, daily(date(2023, 11, 30), 5, 7), 250),
        ("412.40", date(2023, 11, 23), 1000, daily(date(2023, 11, 30), 5, 7), 250),
        ("434.30", date(2023, 11, 24), 1000, daily(date(2023, 11, 30), 5, 7), 250),
        ("78.34", date(2023, 10, 26), 1000, monthly(date(2023, 11, 30), 5, 12), 500),
    ],
)
def test_other_unit_periods(printed, lent_on, amount, dates, payment):
    assert str(apr(lent_on, amount, dates, [payment] * len(dates))) == printed


@pytest.mark.parametrize(
    ("start", "dates", "unit"),
    [
        (date(2024, 1, 31), [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)], UnitPeriod("month", 1)),
        (date(2023, 1, 30), [date(2023, 2, 28), date(2023, 3, 30), date(2023, 4, 30)], UnitPeriod("month", 1)),
        (date(2023, 2, 1), [date(2023, 3, 1), date(2023, 3, 29), date(2023, 4, 26)], UnitPeriod("week", 4)),
        (date(2024, 1, 1), semimonthly(date(2024, 1, 15), (15, 31), 6), UnitPeriod("semimonth", 1)),
        (date(2024, 1, 1), daily(date(2024, 1, 8), 52, 7), UnitPeriod("week", 1)),
        (date(2024, 1, 1), [date(2024, 2, 1), date(2024, 4, 1)], UnitPeriod("month", 1)),  # 1.5 on average: the lower
        (
            date(2024, 1, 1),
            [date(2024, 2, 1), date(2024, 3, 1), date(2024, 5, 1), date(2024, 7, 1)],
            UnitPeriod("month", 1),
        ),
        (date(2024, 1, 1), [date(2024, 1, 11), date(2024, 1, 21)], UnitPeriod("day", 10)),
        (date(2020, 1, 1), [date(2022, 1, 1), date(2024, 1, 1)], UnitPeriod("month", 12)),
        (date(2023, 1, 1), monthly(date(2023, 4, 1), 4, 3), UnitPeriod("month", 3)),
        (date(2024, 1, 1), [date(2024, 1, 31), date(2024, 3, 21)], UnitPeriod("week", 6)),  # 30 and 50 days
    ],
)
def test_the_unit_period_is_the_common_period(start, dates, unit):
    assert find_unit_period([Scale(start, [start]), Scale(start, dates)]) == unit


def test_payments_on_the_30th_count_the_end_of_february_as_the_30th():
    dates = [date(1978, 1, 30), date(1978, 2, 28), date(1978, 3, 30)]
    scale = Scale(date(1977, 12, 30), dates)

    assert [scale.elapsed(day, UnitPeriod("month", 1)) for day in dates] == [(1, 0), (2, 0), (3, 0)]


def test_a_given_unit_period_is_used():
    example = APPENDIX_J["(c)(1)(i) monthly"][1:]

    assert apr(*example, unit_period="month") == Decimal("9.69")
    assert apr(*example, unit_period="week") != Decimal("9.69")
    with pytest.raises(ValueError, match="unit-period is 'moon'"):
        apr(*example, unit_period="moon")


@pytest.mark.parametrize("text", ["", "0 weeks", "53 weeks", "13 months", "400 days", "2 semimonths"])
def test_a_unit_period_beyond_a_year_or_unknown_is_refused(text):
    with pytest.raises(ValueError, match="unit-period"):
        read_unit_period(text)


def test_multiple_advances_price_like_the_schedule_they_came_from():
    """Two advances a month apart at 1 % a month: what is owed then is repaid over the next twelve months."""
    owed = 1000 * 1.01 + 1000
    payment = Decimal(str(round(owed * 0.01 / (1 - 1.01**-12), 6)))

    rate = regulation_z_apr(
        [(date(2024, 1, 15), 1000), (date(2024, 2, 15), 1000)],
        [(day, payment) for day in monthly(date(2024, 3, 15), 12)],
    )

    assert rate == Decimal("12.00")


def test_the_order_of_payments_does_not_matter():
    lent_on, amount, dates, payments = APPENDIX_J["(c)(4)(i) odd first and final payment"][1:]
    paid = list(zip(dates, payments, strict=True))
    random.Random(4).shuffle(paid)

    assert regulation_z_apr([(lent_on, amount)], paid) == Decimal("10.90")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(2, 120), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_level_monthly_loan_has_the_rate_it_was_made_with(basis_points, count, start):
    i = Decimal(basis_points) / 120_000
    payment = 100_000 * i / (1 - (1 + i) ** -count)
    dates = [shift_months(start, k) for k in range(1, count + 1)]

    rate = apr(start, 100_000, dates, [payment] * count)

    assert abs(rate - Decimal(basis_points) / 100) <= (Decimal("0.01") if start.day > 28 else Decimal("0.005"))


def test_no_charge_is_no_rate():
    assert apr(date(2024, 1, 1), 1200, monthly(date(2024, 2, 1), 12), [100] * 12) == 0


@pytest.mark.parametrize(
    ("advances", "payments", "sentence"),
    [
        ([], [(date(2024, 1, 1), 1)], "no advance"),
        ([(date(2024, 1, 1), 1)], [], "no payment"),
        ([(date(2024, 1, 1), 100)], [(date(2024, 2, 1), 99)], "less than what was paid out"),
        ([(date(2024, 2, 1), 100)], [(date(2024, 1, 1), 110)], "before the first advance"),
        ([(date(2024, 2, 1), -100)], [(date(2024, 3, 1), 110)], "more than nought"),
        ([(date(2024, 2, 1), 100)], [(date(2024, 2, 1), 110)], "on one day"),
        ([(date(2024, 2, 1), 100)], [(date(2024, 2, 1), 100), (date(2024, 3, 1), 1)], "No rate makes"),
        ([("2024-02-01", 100)], [(date(2024, 3, 1), 110)], "must be a date"),
    ],
)
def test_transactions_without_a_rate_get_a_sentence(advances, payments, sentence):
    with pytest.raises(ValueError, match=sentence):
        regulation_z_apr(advances, payments)


@pytest.mark.parametrize(
    ("drawn", "repaid", "calendar", "standard"),
    [  # Directive 2008/48/EC and 98/7/EC, annexes: years, amount
        (1000, [("1.5", 1200)], "12.96", "12.92"),
        (950, [("1.5", 1200)], "16.90", "16.85"),
        (1000, [("1", 600), ("2", 600)], "13.07", "13.07"),
        (1000, [("0.25", 272), ("0.5", 272), ("1", 544)], "13.23", "13.19"),
    ],
)
def test_the_examples_of_the_european_directives(drawn, repaid, calendar, standard):
    start = date(1994, 1, 1)
    dated = [(shift_months(start, int(Decimal(years) * 12)), amount) for years, amount in repaid]

    assert str(european_aprc([(start, drawn)], dated)) == calendar
    assert str(european_aprc([(0, drawn)], repaid, standard_year=True)) == standard


def test_a_leap_year_is_a_year():
    assert european_aprc([(date(2023, 3, 1), 1000)], [(date(2024, 3, 1), 1100)]) == Decimal("10.00")


def test_several_drawdowns_count_from_the_first():
    once = european_aprc([(2, 1000), (3, 500)], [(4, 1700)], standard_year=True)

    assert once == european_aprc([(0, 1000), (1, 500)], [(2, 1700)], standard_year=True)


@pytest.mark.parametrize(
    ("drawdowns", "repayments", "options", "sentence"),
    [
        ([], [(date(2024, 1, 1), 1)], {}, "no drawdown"),
        ([(date(2024, 1, 1), 100)], [(date(2023, 1, 1), 110)], {}, "before the first drawdown"),
        ([(date(2024, 1, 1), 100)], [(1, 110)], {}, "must be a date"),
        ([(date(2024, 1, 1), 100)], [(1, 110)], {"standard_year": True}, "number of years"),
        ([(0, 100)], [(1, 90)], {"standard_year": True}, "less than what was paid out"),
    ],
)
def test_aprc_without_an_answer_gets_a_sentence(drawdowns, repayments, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        european_aprc(drawdowns, repayments, **options)


def test_xirr_of_microsofts_documentation():
    flows = [
        (date(2008, 1, 1), -10000),
        (date(2008, 3, 1), 2750),
        (date(2008, 10, 30), 4250),
        (date(2009, 2, 15), 3250),
        (date(2009, 4, 1), 2750),
    ]

    assert xirr(flows) == pytest.approx(0.373362535, abs=2e-9)
    assert xirr(flows[::-1]) == pytest.approx(xirr(flows), abs=1e-12)
    assert xirr([(day, -amount) for day, amount in flows]) == pytest.approx(xirr(flows), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.floats(-0.9, 20), st.integers(1, 4000))
def test_xirr_finds_the_rate_that_made_the_flow(rate, days):
    start = date(2000, 1, 1)

    found = xirr([(start, -1000.0), (start + timedelta(days), 1000 * (1 + rate) ** (days / 365))])

    assert found == pytest.approx(rate, rel=1e-7, abs=1e-9)


def test_xirr_of_a_loss_is_negative_and_of_nothing_gained_is_nought():
    assert xirr([(date(2023, 1, 1), -100), (date(2024, 1, 1), 50)]) == pytest.approx(-0.5)
    assert xirr([(date(2023, 1, 1), -100), (date(2024, 1, 1), 100)]) == 0.0


def test_of_two_rates_the_one_nearest_to_nought_is_given():
    flows = [(date(2021, 1, 1), -1000), (date(2022, 1, 1), 2300), (date(2023, 1, 1), -1320)]  # 10 % and 20 %

    assert xirr(flows) == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("flows", "sentence"),
    [
        ([], "at least one amount paid"),
        ([(date(2024, 1, 1), 5), (date(2024, 2, 1), 5)], "at least one amount paid"),
        ([(date(2024, 1, 1), 5), (date(2024, 1, 1), -5)], "on one day"),
        ([(date(2024, 1, 1), "x"), (date(2024, 1, 2), -5)], "must be a number"),
        ([(date(2021, 1, 1), 10), (date(2022, 1, 1), -5), (date(2023, 1, 1), 10)], "No rate balances"),
    ],
)
def test_flows_without_a_rate_get_a_sentence(flows, sentence):
    with pytest.raises(ValueError, match=sentence):
        xirr(flows)


def test_the_instalment_fee_trap():
    rates = instalment_fee_rates(Decimal(10_000), 12, Decimal("0.006"))

    assert round(rates.payment, 2) == Decimal("893.33")
    assert round(rates.periodic * 100, 7) == Decimal("1.0861854")
    assert round(rates.simple_annual * 100, 2) == Decimal("13.03")
    assert round(rates.compound_annual * 100, 2) == Decimal("13.84")


def test_the_size_of_the_principal_does_not_change_the_price():
    assert instalment_fee_rates(1, 12, "0.006").periodic == pytest.approx(
        instalment_fee_rates(10**9, 12, "0.006").periodic, rel=Decimal("1e-20")
    )
    assert instalment_fee_rates(100, 12, 0).compound_annual == 0
    assert instalment_fee_rates(100, 1, "0.01").periodic == pytest.approx(Decimal("0.01"), rel=Decimal("1e-20"))


@pytest.mark.parametrize("arguments", [(0, 12, "0.006"), (100, 0, "0.006"), (100, 12, "-0.1"), (100, 12, "much")])
def test_fees_without_a_rate_get_a_sentence(arguments):
    with pytest.raises(ValueError, match=r"The .* is .*must"):
        instalment_fee_rates(*arguments)
