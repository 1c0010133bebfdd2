"""How good loans are, what is set aside for them, and how well scores tell good from bad."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from numbers import Integral

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from risk.rules.statistics import chi_square_quantile


class LoanClass(TextChoices):
    """The five levels of loan classification, best first."""

    PASS = "pass", _("Pass")
    SPECIAL_MENTION = "special_mention", _("Special mention")
    SUBSTANDARD = "substandard", _("Substandard")
    DOUBTFUL = "doubtful", _("Doubtful")
    LOSS = "loss", _("Loss")


NON_PERFORMING = (LoanClass.SUBSTANDARD, LoanClass.DOUBTFUL, LoanClass.LOSS)

# The first day past due of each class after PASS: defaults; the rule table may say otherwise from a date on.
# loan: Measures for the Risk Classification of Financial Assets of Commercial Banks (CBIRC and PBoC Order 2023 No. 1),
#       articles 10 to 13: past due, over 90, over 270 and over 360 days, each "at least" that class.
# card: Measures for the Supervision of Commercial Banks' Credit Card Business (CBRC Order 2011 No. 2), article 92:
#       1 to 90, 91 to 120, 121 to 180, over 180 days.
FIRST_DAYS: Mapping[str, tuple[int, int, int, int]] = {"loan": (1, 91, 271, 361), "card": (1, 91, 121, 181)}

SPECIFIC_RATES: Mapping[str, Decimal] = {
    LoanClass.SPECIAL_MENTION: Decimal("0.02"),
    LoanClass.SUBSTANDARD: Decimal("0.25"),
    LoanClass.DOUBTFUL: Decimal("0.50"),
    LoanClass.LOSS: Decimal("1"),
}
GENERAL_RATE = Decimal("0.01")
SMALLEST_SHARE = 0.0001


def loan_class(
    days_past_due: int, *, kind: str = "loan", first_days: Mapping[str, Sequence[int]] = FIRST_DAYS
) -> LoanClass:
    """Return the class that days past due alone put a loan in; `kind` is `loan` or `card`.

    `first_days` gives, by kind, the first day of each of the four classes after PASS. An examiner may class a loan
    lower for other reasons, never higher.
    """
    if isinstance(days_past_due, bool) or not isinstance(days_past_due, Integral) or days_past_due < 0:
        raise ValueError(
            f"The days past due are {days_past_due!r}: write a whole number, 0 for a loan that is not late."
        )
    if kind not in first_days:
        raise ValueError(f"The kind of loan is {kind!r}: choose one of {', '.join(first_days)}.")
    return list(LoanClass)[sum(days_past_due >= first for first in first_days[kind])]


@dataclass(frozen=True, slots=True)
class Provisions:
    """What is set aside for a loan book; ratios are fractions, None where there is nothing to divide by."""

    npl_ratio: Decimal | None
    specific: Decimal
    general: Decimal
    total: Decimal
    coverage: Decimal | None
    loan_provision_ratio: Decimal | None


def provisions(
    balances: Mapping[str, Decimal] | Sequence[Decimal],
    *,
    specific_rates: Mapping[str, Decimal] = SPECIFIC_RATES,
    general_rate: Decimal = GENERAL_RATE,
) -> Provisions:
    """Return provisions over balances by class: a mapping (classes left out are nought), or all five, best first.

    Specific: 2, 25, 50 and 100 % of the four classes after PASS; general: 1 % of all (PBoC, Guidelines on Loan-Loss
    Provisioning, 2002 No. 98). Coverage is the total over non-performing loans (the last three classes), the
    loan-provision ratio the total over all loans.
    """
    by_class = _by_class(balances)
    loans = sum(by_class.values(), Decimal(0))
    bad = sum((by_class[name] for name in NON_PERFORMING), Decimal(0))
    specific = sum((by_class[name] * specific_rates.get(name, Decimal(0)) for name in LoanClass), Decimal(0))
    general = loans * general_rate
    total = specific + general
    return Provisions(_ratio(bad, loans), specific, general, total, _ratio(total, bad), _ratio(total, loans))


def _by_class(balances: Mapping[str, Decimal] | Sequence[Decimal]) -> dict[LoanClass, Decimal]:
    if not isinstance(balances, Mapping):
        if len(balances) != len(LoanClass):
            raise ValueError(f"There are {len(balances)} balances: give one for each of the five classes, best first.")
        balances = dict(zip(LoanClass, balances, strict=True))
    if unknown := set(balances) - set(LoanClass):
        raise ValueError(f"There is no loan class {', '.join(map(str, unknown))}: choose from {', '.join(LoanClass)}.")
    return {name: _balance(balances.get(name, Decimal(0)), name) for name in LoanClass}


def _balance(value: Decimal, name: LoanClass) -> Decimal:
    try:
        balance = Decimal(str(value))
    except InvalidOperation:
        balance = Decimal("NaN")
    if not balance.is_finite() or balance < 0:
        raise ValueError(f"The balance of class {name.value} is {value!r}: it must be an amount of nought or more.")
    return balance


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Scaling:
    """A straight line from log-odds to points: `offset + factor · ln(odds)`."""

    factor: float
    offset: float

    def points(self, odds: float) -> float:
        """Return the points of good:bad odds, given as one number (50 for 50:1)."""
        return self.offset + self.factor * math.log(odds)


def score_scaling(points: float, odds: float, pdo: float) -> Scaling:
    """Return the scaling that gives `points` at `odds` (50 for 50:1) and doubles the odds every `pdo` points.

    Siddiqi, Credit Risk Scorecards, chapter 6.
    """
    points, odds, pdo = float(points), float(odds), float(pdo)
    if not (odds > 0 and pdo > 0 and math.isfinite(points) and math.isfinite(odds) and math.isfinite(pdo)):
        raise ValueError(f"Odds are {odds} and points to double them {pdo}: both must be more than nought.")
    factor = pdo / math.log(2)
    return Scaling(factor, points - factor * math.log(odds))


def population_stability(expected: Sequence[float], actual: Sequence[float]) -> float:
    """Return the population stability index over bands: Σ (a - e) ln(a / e).

    Both are counts or shares by band, in the same order. A band that is empty on one side counts as 0.01 %, so that the
    index stays a number. Compare with 0.10 and 0.25, and with `critical_stability` for the samples' size.
    """
    if len(expected) != len(actual):
        raise ValueError(
            f"There are {len(expected)} expected bands and {len(actual)} actual ones: give the same bands."
        )
    pairs = zip(_shares(expected, what="expected"), _shares(actual, what="actual"), strict=True)
    return math.fsum(_divergence(e, a) for e, a in pairs if e or a)


def _divergence(expected: float, actual: float) -> float:
    expected, actual = max(expected, SMALLEST_SHARE), max(actual, SMALLEST_SHARE)
    return (actual - expected) * math.log(actual / expected)


def _shares(weights: Sequence[float], *, what: str) -> list[float]:
    values = [float(weight) for weight in weights]
    total = math.fsum(values)
    if not values or min(values) < 0 or not 0 < total < math.inf:
        raise ValueError(f"The {what} bands are {values}: they must be nought or more, and not all nought.")
    return [value / total for value in values]


def critical_stability(expected_count: int, actual_count: int, bands: int, *, level: float = 0.95) -> float:
    """Return the index that samples of these sizes from one population exceed with chance 1 - `level`.

    The index is about (1/N + 1/M) · χ² with bands - 1 degrees of freedom (Yurdakul and Naranjo, Statistical properties
    of the population stability index, Journal of Risk Model Validation 14(4), 2020).
    """
    if min(expected_count, actual_count) < 1 or bands < 2:
        raise ValueError("A critical value needs at least one customer on either side and two bands.")
    return (1 / expected_count + 1 / actual_count) * chi_square_quantile(level, bands - 1)


def information_value(goods: Sequence[float], bads: Sequence[float]) -> float:
    """Return Σ (g - b) ln(g / b) over the bins of a characteristic, g and b being shares of all goods and of all bads.

    Counts come in, in the same order. A bin without goods or without bads counts half a customer of either more
    (Siddiqi, Credit Risk Scorecards, chapter 6), one without both counts nothing.
    """
    if len(goods) != len(bads):
        raise ValueError(f"There are {len(goods)} bins of goods and {len(bads)} of bads: give the same bins.")
    _shares(goods, what="good")
    _shares(bads, what="bad")
    bins = [(float(g), float(b)) for g, b in zip(goods, bads, strict=True) if g or b]
    bins = [(g, b) if g and b else (g + 0.5, b + 0.5) for g, b in bins]
    all_goods, all_bads = math.fsum(g for g, _ in bins), math.fsum(b for _, b in bins)
    return math.fsum((g / all_goods - b / all_bads) * math.log(g / all_goods / (b / all_bads)) for g, b in bins)


def ks_statistic(scores: Sequence[float], bad: Sequence[bool]) -> float:
    """Return the greatest distance between the cumulative shares of bads and of goods by score, from 0 to 1.

    Equal scores count together, so the order of rows does not matter; a score that ranks upside down tells as much.
    """
    values, marks = np.asarray(scores, dtype=float), np.asarray(bad, dtype=float)
    if values.shape != marks.shape or values.ndim != 1:
        raise ValueError(f"There are {values.size} scores and {marks.size} outcomes: give one of each per customer.")
    if np.isnan(values).any() or not np.isin(marks, (0, 1)).all():
        raise ValueError("Scores must be numbers, and outcomes true (bad) or false (good).")
    bads = float(marks.sum())
    if not 0 < bads < marks.size:
        raise ValueError("The outcomes are all alike: a distance needs at least one good and one bad.")
    order = np.argsort(values, kind="stable")
    last_of_equal = np.append(np.diff(values[order]) > 0, True)
    gap = np.cumsum(marks[order]) / bads - np.cumsum(1 - marks[order]) / (marks.size - bads)
    return float(np.abs(gap[last_of_equal]).max())
