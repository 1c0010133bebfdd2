"""Rates of rare events, compared exactly: no sum here is approximated by a bell.

Sources: F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936); J. Przyborowski and H. Wilenski,
Homogeneity of results in testing samples from Poisson series, Biometrika 31 (1940); Y. Benjamini and Y. Hochberg,
Controlling the false discovery rate, J. R. Statist. Soc. B 57 (1995).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log

TAIL = 0.025  # each side of an interval of 95 %
HALVINGS = 200


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; an upper end that nothing bounds is infinite."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def binomial_at_least(k: int, n: int, p: float) -> float:
    """Return P(X >= k) of n trials with probability p."""
    if k <= 0:
        return 1.0
    if k > n or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    whole, yes, no = lgamma(n + 1), log(p), log(1 - p)
    terms = (exp(whole - lgamma(i + 1) - lgamma(n - i + 1) + i * yes + (n - i) * no) for i in range(k, n + 1))
    return min(1.0, sum(terms))


def poisson_at_most(k: int, mean: float) -> float:
    """Return P(X <= k) of a Poisson distribution."""
    if k < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    return min(1.0, sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(k + 1)))


def rise_probability(cases: int, exposure: float, cases_before: int, exposure_before: float) -> float:
    """Return how probable so many cases or more are if the rate is that of before: of all cases together, those of now
    are binomial with the share of exposure (Przyborowski and Wilenski)."""
    if exposure <= 0 or exposure_before <= 0:
        return 1.0
    return binomial_at_least(cases, cases + cases_before, exposure / (exposure + exposure_before))


def rate_interval(cases: int, exposure: float) -> Interval:
    """Return the 95 % interval of a rate (Garwood)."""
    if exposure <= 0:
        return Interval(0.0, inf)
    top = cases + 10 * (cases + 10) ** 0.5 + 10
    low = 0.0 if cases == 0 else _root(lambda mean: 1 - poisson_at_most(cases - 1, mean) - TAIL, 0.0, top)
    high = _root(lambda mean: TAIL - poisson_at_most(cases, mean), 0.0, top)
    return Interval(low / exposure, high / exposure)


def ratio_interval(cases: int, exposure: float, cases_before: int, exposure_before: float) -> Interval:
    """Return the 95 % interval of the ratio of two rates, now over before (Clopper and Pearson, conditional)."""
    n = cases + cases_before
    if n == 0 or exposure <= 0 or exposure_before <= 0:
        return Interval(0.0, inf)
    low = 0.0 if cases == 0 else _root(lambda p: binomial_at_least(cases, n, p) - TAIL, 0.0, 1.0)
    high = 1.0 if cases == n else _root(lambda p: binomial_at_least(cases + 1, n, p) - (1 - TAIL), 0.0, 1.0)
    scale = exposure_before / exposure
    return Interval(_odds(low) * scale, _odds(high) * scale)


def _odds(p: float) -> float:
    return inf if p >= 1 else p / (1 - p)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    for _step in range(HALVINGS):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def adjusted(probabilities: Sequence[float]) -> list[float]:
    """Return each probability as it counts among all of them (Benjamini and Hochberg): below `q` are those of which a
    share of `q` at most is chance."""
    order = sorted(range(len(probabilities)), key=lambda place: probabilities[place], reverse=True)
    found, least = [1.0] * len(probabilities), 1.0
    for rank, place in zip(range(len(order), 0, -1), order, strict=True):
        least = min(least, probabilities[place] * len(probabilities) / rank)
        found[place] = least
    return found
