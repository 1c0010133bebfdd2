"""When a loan is repaid and with what: due dates, principal, interest and what remains."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import TypeVar

from products.rules.amounts import Number, read_count, read_date, read_number, read_positive, round_to
from products.rules.calendar import actual_actual, days_30_360, shift_months

METHODS = ("equal_instalment", "equal_principal", "interest_only", "bullet")
MONTHS = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
DAYS = {"day": 1, "week": 7, "fortnight": 14, "four_weeks": 28}
MOST_PERIODS = 12_000
T = TypeVar("T")
PRECISION = 50

DAY_COUNTS: dict[str, Callable[[date, date], Decimal]] = {
    "actual/actual": actual_actual,
    "actual/365": lambda start, end: Decimal((end - start).days) / 365,
    "actual/360": lambda start, end: Decimal((end - start).days) / 360,
    "30/360": lambda start, end: Decimal(days_30_360(start, end)) / 360,
}


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a loan; `balance` is the principal that remains once it is paid."""

    due: date
    principal: Decimal
    interest: Decimal
    amount: Decimal
    balance: Decimal


def repayment_schedule(
    *,
    principal: Number,
    annual_rate: Number,
    periods: int,
    start: date,
    method: str = "equal_instalment",
    day_count: str = "actual/actual",
    every: str = "month",
    first_due: date | None = None,
    rounding: Number = "0.01",
) -> list[Instalment]:
    """Return the instalments of a loan paid out on `start`; their principals sum to `principal`, the last balance is
    nought.

    `annual_rate` is a fraction. Interest counts from the day after `start`, or after the last due date, through the
    due day, on the balance, and is rounded to `rounding` (a half up) in each period. Under 30/360 a period of whole
    months is 30 days a month wherever in the month it falls.

    equal_instalment: P / Σ 1/Π(1+r_k), rounded; the last takes the remainder (Apache Fineract's method, its case
    C3152). Where a long first period earns more interest than the instalment pays, what is unpaid adds to the balance.
    equal_principal: P / n, rounded, and the interest; the last takes the remainder. interest_only: interest alone, and
    the principal with the last. bullet: one instalment at the end, with simple interest over the whole term.

    Due dates keep the day of the month they are anchored at (31 January, 28 February, 31 March): that of `first_due`,
    or of `start` where it is left out. Bad input raises ValueError.

    """
    owed, rate, step = _amounts(principal, annual_rate, rounding)
    starts = read_date(start, what="start")
    due_dates = _due_dates(starts, read_count(periods, what="number of periods", most=MOST_PERIODS), every, first_due)
    fraction = _choice(DAY_COUNTS, day_count, what="day count")
    _choice({name: name for name in METHODS}, method, what="method")
    with localcontext(prec=max(PRECISION, 2 * len(owed.as_tuple().digits) + 20)):
        years = [
            _years(begin, end, fraction, every if day_count == "30/360" else "", regular=index > 0 or first_due is None)
            for index, (begin, end) in enumerate(zip([starts, *due_dates], due_dates, strict=False))
        ]
        if method == "bullet":
            return list(_lines(owed, [due_dates[-1]], [rate * sum(years)], step, lambda balance, interest: balance))
        rates = [rate * period for period in years]
        return list(_lines(owed, due_dates, rates, step, _repaid(method, owed, rates, step)))


def _amounts(principal: Number, annual_rate: Number, rounding: Number) -> tuple[Decimal, Decimal, Decimal]:
    owed = read_positive(principal, what="principal")
    rate = read_number(annual_rate, what="annual rate")
    step = read_positive(rounding, what="rounding")
    if rate < 0:
        raise ValueError(f"The annual rate is {rate}: it must not be less than nought.")
    with localcontext(prec=PRECISION + len(owed.as_tuple().digits)):
        if owed % step:
            raise ValueError(f"The principal {owed} is no multiple of {step}: round it, or choose a finer rounding.")
    return owed, rate, step


def _choice(choices: dict[str, T], name: str, *, what: str) -> T:
    if name not in choices:
        raise ValueError(f"The {what} is {name!r}: choose one of {', '.join(choices)}.")
    return choices[name]


def _due_dates(start: date, periods: int, every: str, first_due: date | None) -> list[date]:
    step = _choice(MONTHS | DAYS, every, what="interval between instalments")
    months = every in MONTHS
    first = shift_months(start, step) if months else start + timedelta(step)
    anchor = start.day
    if first_due is not None:
        given = read_date(first_due, what="first due date")
        anchor = anchor if given == first else given.day
        first = given
    if first <= start:
        raise ValueError(f"The first due date {first} is not after the start {start}.")
    try:
        return [
            shift_months(first, step * k, on=anchor) if months else first + timedelta(step * k) for k in range(periods)
        ]
    except OverflowError as error:
        raise ValueError(
            f"{periods} periods from {start} end after the year 9999: check the number of periods."
        ) from error


def _years(begin: date, end: date, fraction: Callable[[date, date], Decimal], every: str, *, regular: bool) -> Decimal:
    """Return a period's length in years; `every` is named under 30/360, where whole months are equal."""
    if every in MONTHS and (regular or shift_months(begin, MONTHS[every]) == end):
        return Decimal(MONTHS[every]) / 12
    return fraction(begin, end)


def _repaid(method: str, owed: Decimal, rates: list[Decimal], step: Decimal) -> Callable[[Decimal, Decimal], Decimal]:
    """Return how much principal a period repays, given the balance before it and its interest."""
    if method == "equal_principal":
        share = round_to(owed / len(rates), step)
        return lambda balance, interest: min(share, balance)
    if method == "interest_only":
        return lambda balance, interest: Decimal(0) * step
    growth, present = Decimal(1), Decimal(0)
    for rate in rates:
        growth *= 1 + rate
        present += 1 / growth
    level = round_to(owed / present, step)
    return lambda balance, interest: min(level - interest, balance)


def _lines(
    owed: Decimal,
    due_dates: list[date],
    rates: list[Decimal],
    step: Decimal,
    repaid: Callable[[Decimal, Decimal], Decimal],
) -> Iterator[Instalment]:
    balance = round_to(owed, step)
    for due, rate in zip(due_dates, rates, strict=True):
        interest = round_to(balance * rate, step)
        principal = balance if due is due_dates[-1] else repaid(balance, interest)
        balance -= principal
        yield Instalment(due, principal, interest, principal + interest, balance)
