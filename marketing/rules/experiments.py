"""Experiments: who sees which variant, whether variants differ, and how many people it takes to know.

Counts are whole numbers, shares are fractions from 0 to 1. What cannot be is refused with ValueError.
"""

import hashlib
import math
from collections.abc import Sequence
from numbers import Integral
from statistics import NormalDist, fmean, variance

from risk.rules import statistics
from risk.rules.statistics import Test, chi_square_sf, normal_cdf, student_t_sf

NORMAL = NormalDist()
WHOLE = 10_000  # shares of variants are in basis points


def assign(salt: str, unit: str, shares: Sequence[int]) -> int:
    """Return the variant of somebody, by its place in `shares` (basis points that add up to 10,000).

    By the hash of salt and unit: the same person is always in the same variant of one experiment, and being in one says
    nothing about the variant in another, whose salt differs.
    """
    _check_whole(*shares)
    if sum(shares) != WHOLE or min(shares, default=-1) < 0:
        raise ValueError(f"Shares are basis points that add up to {WHOLE}, not {list(shares)}.")
    digest = hashlib.sha256(f"{salt}\x00{unit}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") * WHOLE >> 64
    for variant, share in enumerate(shares):
        place -= share
        if place < 0:
            return variant
    raise AssertionError("shares cover every place")


def two_proportion_test(successes: Sequence[int], trials: Sequence[int]) -> Test:
    """Return the two-sided z test with pooled variance of two shares, the first less the second.

    Where both shares are 0, or both 1, nothing differs: statistic 0, p 1.
    """
    (first, second), (n, m) = _pairs(successes, trials)
    pooled = (first + second) / (n + m)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    if spread == 0:
        return Test(0.0, 1.0)
    z = (first / n - second / m) / spread
    return Test(z, 2 * normal_cdf(-abs(z)))


def sample_ratio_mismatch(counts: Sequence[int], shares: Sequence[float] | None = None) -> Test:
    """Return the chi-square test of how many came into each variant against the planned shares; equal ones by default.
    A small p says that assignment is broken, whatever the results look like."""
    _check_whole(*counts)
    if len(counts) < 2 or min(counts) < 0 or sum(counts) == 0:
        raise ValueError("A sample ratio needs two variants or more, and somebody in them.")
    planned = list(shares) if shares is not None else [1 / len(counts)] * len(counts)
    if len(planned) != len(counts) or min(planned) <= 0 or not math.isclose(sum(planned), 1, abs_tol=1e-9):
        raise ValueError("There is a planned share above 0 for each variant, and they add up to 1.")
    total = sum(counts)
    statistic = math.fsum(
        (seen - total * share) ** 2 / (total * share) for seen, share in zip(counts, planned, strict=True)
    )
    return Test(statistic, chi_square_sf(statistic, len(counts) - 1))


def power_two_proportions(p1: float, p2: float, n: int, *, alpha: float = 0.05) -> float:
    """Return the chance of finding a difference that is there, with `n` people in each of two groups (two-sided, normal
    approximation, as R's power.prop.test has it)."""
    _check_shares(p1, p2, alpha)
    if n < 1:
        raise ValueError("A group has one person or more.")
    return normal_cdf((math.sqrt(n) * abs(p1 - p2) - _critical(alpha) * _under_none(p1, p2)) / _under_both(p1, p2))


def sample_size_two_proportions(p1: float, p2: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return how many people each of two groups needs to find the difference with the stated power."""
    _check_shares(p1, p2, alpha)
    if p1 == p2 or not 0 < power < 1:
        raise ValueError("There is a difference to find, with a power between 0 and 1.")
    wanted = _critical(alpha) * _under_none(p1, p2) + NORMAL.inv_cdf(power) * _under_both(p1, p2)
    return max(1, math.ceil((wanted / (p1 - p2)) ** 2))


def minimum_detectable_effect(p: float, n: int, *, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Return by how much a share must rise above `p` to be found with `n` people a group; None where even certainty
    would not be."""
    if not alpha < power < 1:
        raise ValueError("A power lies above the level and below 1.")
    low, high = p, 1 - 1e-9
    if power_two_proportions(p, high, n, alpha=alpha) < power:
        return None
    for _ in range(100):
        middle = (low + high) / 2
        if power_two_proportions(p, middle, n, alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return high - p


def wilson_interval(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share (E. B. Wilson, JASA 22, 1927; without continuity correction)."""
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1, not {level}.")
    return statistics.wilson_interval(successes, trials, NORMAL.inv_cdf((1 + level) / 2))


def welch_test(first: Sequence[float], second: Sequence[float]) -> Test:
    """Return the two-sided test of two means whose variances may differ (B. L. Welch, Biometrika 34, 1947), the first
    less the second. Two values or more in each; where nothing varies, equal means give p 1, others 0."""
    if min(len(first), len(second)) < 2:
        raise ValueError("Each group has two values or more.")
    _check_finite(*first, *second)
    a, b = variance(first) / len(first), variance(second) / len(second)
    difference = fmean(first) - fmean(second)
    if a + b == 0:
        return Test(0.0, 1.0) if difference == 0 else Test(math.copysign(math.inf, difference), 0.0)
    t = difference / math.sqrt(a + b)
    degrees = (a + b) ** 2 / (a * a / (len(first) - 1) + b * b / (len(second) - 1))
    return Test(t, min(1.0, 2 * student_t_sf(abs(t), degrees)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for how many were looked at, in the order given (S. Holm, Scandinavian Journal of
    Statistics 6, 1979)."""
    if not all(0 <= one <= 1 for one in p_values):
        raise ValueError("P values lie between 0 and 1.")
    corrected = [0.0] * len(p_values)
    reached = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda one: p_values[one])):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = reached
    return corrected


def always_valid_interval(
    successes: Sequence[int], trials: Sequence[int], *, level: float = 0.95, expected: float = 0.02
) -> tuple[float, float]:
    """Return an interval of the difference of two shares that holds at `level` however often one looks.

    The mixture sequential probability ratio test for a normal mean (Johari, Pekelis, Walsh, Always valid inference,
    2015), with a normal mixture whose spread is the difference that is `expected`: it is narrowest about there. Before
    both groups have somebody with and somebody without success it says nothing: −1 to 1.
    """
    if not 0 < level < 1 or not 0 < expected < 1:
        raise ValueError("A level and an expected difference lie between 0 and 1.")
    (first, second), (n, m) = _pairs(successes, trials)
    p, q = first / n, second / m
    seen = p * (1 - p) / n + q * (1 - q) / m
    if not (0 < first < n and 0 < second < m):
        return -1.0, 1.0
    mixed = expected * expected
    half = math.sqrt(seen * (seen + mixed) / mixed * (math.log((seen + mixed) / seen) - 2 * math.log(1 - level)))
    return max(-1.0, p - q - half), min(1.0, p - q + half)


def less_what_was_known(values: Sequence[float], before: Sequence[float]) -> list[float]:
    """Return values less what the same people's figures of before explain of them (CUPED: Deng, Xu, Kohavi, Walker, WSDM
    2013). The mean stays, the variance falls by the square of the correlation. Both groups share one adjustment:
    give them together."""
    if len(values) != len(before) or len(values) < 2:
        raise ValueError("There is a figure of before for each of two values or more.")
    _check_finite(*values, *before)
    mean, middle = fmean(values), fmean(before)
    spread = math.fsum((one - middle) ** 2 for one in before)
    if spread == 0:
        return list(values)
    shared = math.fsum((y - mean) * (x - middle) for y, x in zip(values, before, strict=True))
    return [y - shared / spread * (x - middle) for y, x in zip(values, before, strict=True)]


def _pairs(successes: Sequence[int], trials: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    if len(successes) != 2 or len(trials) != 2:
        raise ValueError("Two groups are compared, each with successes and trials.")
    _check_whole(*successes, *trials)
    if any(n < 1 or not 0 <= won <= n for won, n in zip(successes, trials, strict=True)):
        raise ValueError(f"{list(successes)} of {list(trials)} are no shares.")
    return successes, trials


def _check_whole(*counts: float) -> None:
    if not all(isinstance(one, Integral) for one in counts):
        raise ValueError("Counts and basis points are whole numbers.")


def _check_finite(*values: float) -> None:
    if not all(math.isfinite(one) for one in values):
        raise ValueError("Every value is a finite number.")


def _check_shares(p1: float, p2: float, alpha: float) -> None:
    if not (0 < p1 < 1 and 0 < p2 < 1 and 0 < alpha < 1):
        raise ValueError("Shares and the level lie between 0 and 1.")


def _critical(alpha: float) -> float:
    return NORMAL.inv_cdf(1 - alpha / 2)


def _under_none(p1: float, p2: float) -> float:
    """The spread of the difference if there were none."""
    return math.sqrt((p1 + p2) * (1 - (p1 + p2) / 2))


def _under_both(p1: float, p2: float) -> float:
    return math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
