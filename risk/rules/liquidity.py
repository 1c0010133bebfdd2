"""Whether money lasts through thirty bad days, and how much hangs on a few."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction

Number = Decimal | int | float | str
Amounts = Number | Iterable[tuple[Number, Number]]

LEVEL_2A_HAIRCUT = Decimal("0.15")
INFLOW_CAP = Decimal("0.75")
PRECISION = 40


@dataclass(frozen=True, slots=True)
class Coverage:
    """The liquidity coverage ratio and its two parts; `ratio` is a fraction, None where nothing flows out."""

    hqla: Decimal
    net_outflow: Decimal
    ratio: Decimal | None


def liquidity_coverage(
    level1: Number,
    level2a: Number,
    level2b: Number,
    *,
    level2b_haircut: Number,
    outflows: Amounts,
    inflows: Amounts,
) -> Coverage:
    """Return high-quality liquid assets over net outflows of the next thirty days (Basel III: LCR, BCBS 238).

    Assets come at market value: level 2A loses 15 %, level 2B its haircut. Level 2 counts up to 40 % of the stock,
    level 2B up to 15 % (annex 1). Outflows and inflows are (amount, run-off rate) pairs or amounts already weighted;
    inflows count up to 75 % of outflows (paragraph 69).
    """
    haircut = _fraction(level2b_haircut, what="haircut of level 2B")
    with localcontext(prec=PRECISION):
        first = _amount(level1, what="level 1 asset")
        second_a = _amount(level2a, what="level 2A asset") * (1 - LEVEL_2A_HAIRCUT)
        second_b = _amount(level2b, what="level 2B asset") * (1 - haircut)
        hqla = _stock(first, second_a, second_b)
        leaving, arriving = _weighted(outflows, what="outflow"), _weighted(inflows, what="inflow")
        net = leaving - min(arriving, INFLOW_CAP * leaving)
        return Coverage(hqla, net, hqla / net if net else None)


def _stock(first: Decimal, second_a: Decimal, second_b: Decimal) -> Decimal:
    """Return the stock after the caps, written so that a cap never feeds on what another cut (annex 1, paragraph 5)."""
    over_15 = max(
        second_b - Decimal(15) / 85 * (first + second_a),
        second_b - Decimal(15) / 60 * first,
        Decimal(0),
    )
    over_40 = max(second_a + second_b - over_15 - Decimal(2) / 3 * first, Decimal(0))
    return first + second_a + second_b - over_15 - over_40


def _weighted(amounts: Amounts, *, what: str) -> Decimal:
    if isinstance(amounts, Decimal | int | float | str):
        return _amount(amounts, what=what)
    return sum(
        (_amount(amount, what=what) * _fraction(rate, what=f"rate of an {what}") for amount, rate in amounts),
        Decimal(0),
    )


def _amount(value: Number, *, what: str) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"The {what} is {value!r}: it must be an amount of nought or more.")
    return amount


def _fraction(value: Number, *, what: str) -> Decimal:
    fraction = _amount(value, what=what)
    if fraction > 1:
        raise ValueError(f"The {what} is {value}: write it as a fraction from 0 to 1.")
    return fraction


def herfindahl(shares: Iterable[Number]) -> float:
    """Return the Herfindahl-Hirschman index on its scale from nearly 0 to 10,000, which is one holder of everything.

    `shares` are fractions, percents or amounts: only their proportions matter. Computed exactly and rounded once.
    """
    weights = [Fraction(_amount(share, what="share")) for share in shares]
    total = sum(weights)
    if not total:
        raise ValueError("There is no share above nought: concentration needs at least one.")
    return float(10_000 * sum(weight * weight for weight in weights) / (total * total))
