"""The rate at which flows of money balance, found in floats and then made exact in decimals."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 34
HIGHEST = 1e9


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount (positive: paid back, negative: paid out) after `full` periods and the `odd` fraction of one."""

    amount: Decimal
    full: Decimal
    odd: Decimal = Decimal(0)


def present_value(flows: Sequence[Flow], rate: float) -> float:
    """Return Σ amount / ((1 + odd·rate)(1 + rate)^full); far flows vanish instead of overflowing."""
    growth = math.log1p(rate)
    return math.fsum(
        float(flow.amount)
        / (1 + float(flow.odd) * rate)
        * math.exp(max(-700.0, min(700.0, -float(flow.full) * growth)))
        for flow in flows
    )


def rate_of(flows: Sequence[Flow]) -> Decimal:
    """Return the lowest rate from nought up at which the flows' present value is nought, to more than 20 digits.

    Credit whose payments are less than what was advanced, or which no rate balances, raises ValueError.
    """
    total = sum(flow.amount for flow in flows)
    if total == 0:
        return Decimal(0)
    if total < 0:
        raise ValueError(
            "What is paid back is less than what was paid out: check the amounts, such credit has no rate."
        )
    low, high = 0.0, 1e-4
    while present_value(flows, high) > 0:
        low, high = high, high * 1.5
        if high > HIGHEST:
            raise ValueError("No rate makes these payments worth what was paid out: check the amounts and the dates.")
    return _polish(flows, bisect(lambda rate: present_value(flows, rate), low, high))


def bisect(value: Callable[[float], float], low: float, high: float) -> float:
    """Return where `value` changes its sign between `low` and `high`, to the last bit."""
    rising = value(low) < 0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (value(middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _polish(flows: Sequence[Flow], start: float) -> Decimal:
    with localcontext(prec=PRECISION):
        rate = Decimal(start)
        for _ in range(3):
            value, slope = _value_and_slope(flows, rate)
            step = value / slope if slope else Decimal(0)
            if abs(step) > abs(rate) / 1000:
                break  # the slope is nearly flat: what bisection found is as good as it gets
            rate -= step
        return +rate


def _value_and_slope(flows: Sequence[Flow], rate: Decimal) -> tuple[Decimal, Decimal]:
    value = slope = Decimal(0)
    for flow in flows:
        odd = 1 + flow.odd * rate
        worth = flow.amount / (odd * (1 + rate) ** flow.full)
        value += worth
        slope -= worth * (flow.odd / odd + flow.full / (1 + rate))
    return value, slope
