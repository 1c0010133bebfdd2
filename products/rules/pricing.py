"""What credit costs a year, by the rules of the places where it is given."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from products.rules.amounts import Number, read_count, read_date, read_number, read_positive, round_to
from products.rules.calendar import years_back
from products.rules.roots import PRECISION, Flow, bisect, rate_of
from products.rules.unit_periods import Scale, UnitPeriod, find_unit_period, read_unit_period

Dated = Sequence[tuple[date, Number]]
TWO_DECIMALS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rates:
    """Yearly prices of an instalment fee, as fractions, and what is paid each period."""

    periodic: Decimal
    simple_annual: Decimal
    compound_annual: Decimal
    payment: Decimal


def regulation_z_apr(advances: Dated, payments: Dated, *, unit_period: str | None = None) -> Decimal:
    """Return the annual percentage rate of closed-end credit by the actuarial method, in percent with two decimals.

    12 CFR 1026 (Regulation Z), appendix J. The term begins with the first advance. The unit-period is found as
    paragraph (b)(4) says, unless it is given: `month`, `semimonth`, `fortnight`, `quarter`, `4 weeks`. Amounts are
    positive; a payment before the first advance, or payments of less than the advances, raise ValueError.
    """
    lent, paid = _read(advances, what="advance"), _read(payments, what="payment")
    start = lent[0][0]
    if paid[0][0] < start:
        raise ValueError(f"A payment is due on {paid[0][0]}, before the first advance on {start}: check the dates.")
    scales = Scale(start, [day for day, _ in lent]), Scale(start, [day for day, _ in paid])
    with localcontext(prec=PRECISION):
        single = not scales[0].dates and len(scales[1].dates) == 1 and paid[0][0] > start
        if single and unit_period is None and (per_year := _single_per_year(scales[1])):
            flows, yearly = _single_flows(lent, paid), per_year
        else:
            unit = _unit_period(scales, unit_period, single=single)
            flows, yearly = _unit_flows(scales, lent, paid, unit), unit.per_year
        return round_to(100 * yearly * rate_of(flows), TWO_DECIMALS)


def _read(dated: Dated, *, what: str) -> list[tuple[date, Decimal]]:
    if not dated:
        raise ValueError(f"There is no {what}: give at least one date and amount.")
    read = [(read_date(day, what=f"date of the {what}"), read_positive(amount, what=what)) for day, amount in dated]
    return sorted(read)


def _single_per_year(scale: Scale) -> Decimal | None:
    """Return the terms in a year of one advance and one payment within less than a year ((b)(5)(vi) and (vii)), else
    None."""
    (end,) = scale.dates
    months, days = scale.whole_months(scale.start, end), (end - scale.start).days
    if scale.months_back(scale.start, end)[0] >= 12:
        return None
    return Decimal(12) / months if months else Decimal(365) / days


def _single_flows(lent: list[tuple[date, Decimal]], paid: list[tuple[date, Decimal]]) -> list[Flow]:
    advanced = [Flow(-amount, Decimal(0)) for _, amount in lent]
    return advanced + [Flow(amount, Decimal(1)) for _, amount in paid]


def _unit_period(scales: tuple[Scale, Scale], given: str | None, *, single: bool) -> UnitPeriod:
    if given is not None:
        return read_unit_period(given)
    if single:
        return UnitPeriod("month", 12)
    if not any(scale.dates for scale in scales):
        raise ValueError("Every advance and payment is on one day: there is no time to charge for.")
    return find_unit_period(scales)


def _unit_flows(
    scales: tuple[Scale, Scale], lent: list[tuple[date, Decimal]], paid: list[tuple[date, Decimal]], unit: UnitPeriod
) -> list[Flow]:
    advanced = [Flow(-amount, *scales[0].elapsed(day, unit)) for day, amount in lent]
    return advanced + [Flow(amount, *scales[1].elapsed(day, unit)) for day, amount in paid]


def european_aprc(
    drawdowns: Sequence[tuple[date | Number, Number]],
    repayments: Sequence[tuple[date | Number, Number]],
    *,
    standard_year: bool = False,
) -> Decimal:
    """Return the annual percentage rate of charge, in percent with two decimals.

    Directive 2008/48/EC, annex I: Σ C_k (1+X)^-t_k = Σ D_l (1+X)^-s_l, in years from the first drawdown. Times are
    dates, or numbers of years with `standard_year` (a month is 1/12, a week 1/52). By the calendar whole years are
    counted back from the later date, and the remaining days are parts of a year of 365 or 366.
    """
    drawn = _timed(drawdowns, what="drawdown", standard_year=standard_year)
    repaid = _timed(repayments, what="repayment", standard_year=standard_year)
    start = min(when for when, _ in drawn)
    with localcontext(prec=PRECISION):
        flows = [Flow(-amount, _years(start, when)) for when, amount in drawn]
        flows += [Flow(amount, _years(start, when)) for when, amount in repaid]
        if min(flow.full for flow in flows) < 0:
            raise ValueError("A repayment lies before the first drawdown: check the dates.")
        return round_to(100 * rate_of(flows), TWO_DECIMALS)


def _timed(
    flows: Sequence[tuple[date | Number, Number]], *, what: str, standard_year: bool
) -> list[tuple[date | Decimal, Decimal]]:
    if not flows:
        raise ValueError(f"There is no {what}: give at least one time and amount.")
    return [
        (_when(when, what=what, standard_year=standard_year), read_positive(amount, what=what))
        for when, amount in flows
    ]


def _when(when: date | Number, *, what: str, standard_year: bool) -> date | Decimal:
    if not standard_year:
        return read_date(when, what=f"time of the {what}")  # type: ignore[arg-type]
    if isinstance(when, date):
        raise ValueError(f"The time of the {what} is {when}: with standard_year it is a number of years.")
    return read_number(when, what=f"time of the {what}")


def _years(start: date | Decimal, when: date | Decimal) -> Decimal:
    if isinstance(start, date) and isinstance(when, date):
        return years_back(start, when) if when >= start else Decimal(-1)
    return Decimal(when) - Decimal(start)  # type: ignore[arg-type]


def xirr(flows: Sequence[tuple[date, Number]]) -> float:
    """Return the yearly rate at which dated flows balance: Σ v / (1+r)^((d - d0)/365), as spreadsheets' XIRR.

    Money paid is negative, money received positive; both must occur, on more than one day. Where several rates balance
    the flows, the one nearest to nought is returned. The rate is above -1; no such rate raises ValueError.
    """
    read = [(read_date(day, what="date"), float(read_number(amount, what="amount"))) for day, amount in flows]
    if not any(amount > 0 for _, amount in read) or not any(amount < 0 for _, amount in read):
        raise ValueError("The flows need at least one amount paid (negative) and one received (positive).")
    start = min(day for day, _ in read)
    timed = [((day - start).days / 365, amount) for day, amount in read]
    if not any(years for years, _ in timed):
        raise ValueError("Every flow is on one day: there is no time to earn a return in.")
    return math.expm1(_nearest_root(timed))


def _nearest_root(timed: list[tuple[float, float]]) -> float:
    """Return the log-rate nearest to nought at which the flows balance, from a scan that widens on both sides."""
    longest = max(years for years, _ in timed)
    furthest = min(600 / longest, 700.0)

    def value(growth: float) -> float:
        return math.fsum(amount * math.exp(-growth * years) for years, amount in timed)

    edges = [0.0]
    width = 0.002
    while edges[-1] < furthest:
        edges.append(min(edges[-1] + width, furthest))
        width *= 1.05
    if value(0.0) == 0:
        return 0.0
    for near, far in zip(edges, edges[1:], strict=False):
        for low, high in ((near, far), (-far, -near)):
            if value(low) * value(high) <= 0 and value(low) != value(high):
                return bisect(value, low, high)
    raise ValueError("No rate balances these flows: check their signs and their dates.")


def instalment_fee_rates(principal: Number, periods: int, fee_rate: Number, *, periods_per_year: int = 12) -> Rates:
    """Return what an instalment plan costs that charges `fee_rate` of the *original* principal every period.

    The principal comes back in equal parts, so the fee is paid on money that was returned long ago: the rate on what is
    still owed is nearly twice the one advertised. Rates are fractions: per period, times the periods of a year, and
    compounded over a year (PBoC Announcement 2021 No. 3 asks for one of the latter two, named).
    """
    owed, fee = read_positive(principal, what="principal"), read_number(fee_rate, what="fee rate")
    count = read_count(periods, what="number of periods", most=1200)
    yearly = read_count(periods_per_year, what="number of periods a year", most=366)
    if fee < 0:
        raise ValueError(f"The fee rate is {fee}: it must not be less than nought.")
    with localcontext(prec=PRECISION):
        payment = owed / count + owed * fee
        flows = [Flow(-owed, Decimal(0)), *(Flow(payment, Decimal(period)) for period in range(1, count + 1))]
        periodic = rate_of(flows) if fee else Decimal(0)
        return Rates(periodic, periodic * yearly, (1 + periodic) ** yearly - 1, payment)
