"""How far experts agree: concordance of their rankings, weighted medians, spread, and whether a round ends a panel."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction

from risk.rules.statistics import chi_square_sf

FEWEST = 3  # experts; of fewer nobody can say that a panel agrees
STEP = 1  # places of a scale that somebody may lie off the median without being asked why


@dataclass(frozen=True)
class Agreement:
    """Kendall's W from 0 (none) to 1 (the same ranking), with the chance of so much or more among rankings by lot."""

    w: float
    chi_square: float
    degrees: int
    p_value: float


def concordance(ratings: Sequence[Sequence[float]]) -> Agreement | None:
    """Return Kendall's coefficient of concordance of `ratings`, one row for each expert, one column for each thing rated.

    Corrected for ties: W = 12 S / (m² (n³ - n) - m T), T the sum of t³ - t over ties within each row; m (n - 1) W is
    held against chi-square of n - 1 degrees (Kendall and Babington Smith, Ann. Math. Stat. 10, 1939; Siegel and
    Castellan, 1988, 9.5). None for fewer than two experts or things, and where every row is one tie: ranks then say
    nothing. Rows of different lengths raise ValueError.
    """
    m, n = len(ratings), len(ratings[0]) if ratings else 0
    if any(len(row) != n for row in ratings):
        raise ValueError("Every expert rates the same things: the rows are of different lengths.")
    if m < 2 or n < 2:
        return None
    ranked = [midranks(row) for row in ratings]
    sums = [sum(column) for column in zip(*ranked, strict=True)]
    mean = m * (n + 1) / 2
    spread = sum((one - mean) ** 2 for one in sums)
    ties = sum(count**3 - count for row in ratings for count in Counter(row).values())
    most = m**2 * (n**3 - n) - m * ties
    if most == 0:
        return None
    w = 12 * spread / most
    chi_square = m * (n - 1) * w
    return Agreement(w, chi_square, n - 1, chi_square_sf(chi_square, n - 1))


def midranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value from 1, lowest first; equal ones share the mean of their ranks."""
    below = {value: sum(other < value for other in values) for value in set(values)}
    equal = Counter(values)
    return [below[value] + (equal[value] + 1) / 2 for value in values]


def weighted_median(values: Sequence[int | Decimal], weights: Sequence[Decimal]) -> Decimal:
    """Return the value below and above which at most half of the weight lies; midway between two where both fit.

    Weights are above 0. Without weights of different size it is the median. No value, or a weight of 0, raises
    ValueError. Cormen, Leiserson, Rivest, Stein: Introduction to Algorithms, problem 9-2.
    """
    if not values or len(values) != len(weights) or min(weights) <= 0:
        raise ValueError("A weighted median needs values, each with a weight above 0.")
    pairs = sorted((Fraction(value), Fraction(weight)) for value, weight in zip(values, weights, strict=True))
    half, below = sum(weight for _value, weight in pairs) / 2, Fraction(0)
    for place, (value, weight) in enumerate(pairs):
        below += weight
        if below == half:
            value = (value + pairs[place + 1][0]) / 2
        if below >= half:
            return Decimal(value.numerator) / Decimal(value.denominator)
    raise AssertionError("unreachable: the weights add up to twice the half")


def rounded_up(value: Decimal) -> int:
    """Return the nearest place of a scale; a half goes up, to the graver one."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def quartiles(values: Sequence[int | Decimal]) -> tuple[Decimal, Decimal]:
    """Return the first and third quartile, interpolated between order statistics (type 7 of Hyndman and Fan, The
    American Statistician 50, 1996). No value raises ValueError."""
    if not values:
        raise ValueError("Quartiles need at least one value.")
    ordered = sorted(Decimal(value) for value in values)
    return _quantile(ordered, Decimal("0.25")), _quantile(ordered, Decimal("0.75"))


def _quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def spread_of(values: Sequence[int | Decimal]) -> Decimal:
    """Return the interquartile range of `values`."""
    first, third = quartiles(values)
    return third - first


def is_apart(value: int, median: int) -> bool:
    """Return whether a vote lies more than one step from the median, so that its expert is asked why."""
    return abs(value - median) > STEP


class Verdict(Enum):
    """What a closed round means for its panel."""

    AGREED = "agreed"
    GOES_ON = "goes_on"
    LAST = "last"  # no further round is allowed
    TOO_FEW = "too_few"  # below three experts: whatever they say, nobody can call it agreement
    TOO_FEW_LAST = "too_few_last"


def verdict_of(
    *, experts: int, w: float | None, widest: Decimal, number: int, bound: Decimal, spread: Decimal, rounds: int
) -> Verdict:
    """Return whether round `number` of at most `rounds` ends the panel.

    It has agreed where at least three experts voted, W reaches `bound` (where ranks say anything) and the widest
    interquartile range of any item is at most `spread` steps.
    """
    last = number >= rounds
    if experts < FEWEST:
        return Verdict.TOO_FEW_LAST if last else Verdict.TOO_FEW
    if widest <= spread and (w is None or w >= float(bound)):
        return Verdict.AGREED
    return Verdict.LAST if last else Verdict.GOES_ON
