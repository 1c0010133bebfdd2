"""The few distributions that the rules need, from the standard library, to about twelve digits."""

import math
from dataclasses import dataclass

_TINY = 1e-300
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Test:
    """The outcome of a statistical test; `p_value` is the chance of so much or more if nothing were the matter."""

    __test__ = False  # not a test case, whatever its name makes pytest think

    statistic: float
    p_value: float


def normal_cdf(z: float) -> float:
    """Return the chance that a standard normal variable is at most `z`."""
    return math.erfc(-z / math.sqrt(2)) / 2


def chi_square_sf(x: float, degrees: int) -> float:
    """Return the chance that a chi-square variable exceeds `x` (upper incomplete gamma; Numerical Recipes, 6.2)."""
    if x <= 0:
        return 1.0
    shape, half = degrees / 2, x / 2
    front = math.exp(shape * math.log(half) - half - math.lgamma(shape))
    if half < shape + 1:
        return 1.0 - front * _lower_series(shape, half)
    return front * _upper_fraction(shape, half)


def _lower_series(shape: float, half: float) -> float:
    term = total = 1 / shape
    k = shape
    while abs(term) > abs(total) * 1e-16:
        k += 1
        term *= half / k
        total += term
    return total


def _upper_fraction(shape: float, half: float) -> float:
    """Lentz's continued fraction."""
    b = half + 1 - shape
    c, d = 1 / _TINY, 1 / b
    value = d
    for i in range(1, 10_000):
        a = -i * (i - shape)
        b += 2
        d = 1 / (a * d + b or _TINY)
        c = b + a / c or _TINY
        value *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return value


def chi_square_quantile(probability: float, degrees: int) -> float:
    """Return the value that a chi-square variable exceeds with chance 1 - `probability`."""
    if not 0 <= probability < 1 or degrees < 1:
        raise ValueError(f"There is no chi-square quantile at {probability} with {degrees} degrees of freedom.")
    low, high = 0.0, degrees + 10.0
    while chi_square_sf(high, degrees) > 1 - probability:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if chi_square_sf(middle, degrees) > 1 - probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def binomial_cdf(successes: int, trials: int, chance: float) -> float:
    """Return the chance of at most `successes` in `trials`, each with `chance`."""
    if successes >= trials:
        return 1.0
    log_chance, log_other = math.log(chance), math.log1p(-chance)
    whole = math.lgamma(trials + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * log_chance + (trials - k) * log_other)
        for k in range(successes + 1)
    )


def wilson_interval(hits: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of a share, 95 % unless `z` says otherwise (E. B. Wilson, JASA 22, 1927; without
    continuity correction). No trials raise ValueError."""
    if trials < 1 or not 0 <= hits <= trials:
        raise ValueError(f"{hits} of {trials} is no share.")
    share, square = hits / trials, z * z
    middle = share + square / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    whole = 1 + square / trials
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def student_t_sf(t: float, degrees: float) -> float:
    """Return the chance that a variable with Student's distribution exceeds `t`, for degrees of freedom above 0, whole or
    not (regularised incomplete beta; Numerical Recipes, 6.4)."""
    if degrees <= 0:
        raise ValueError("Degrees of freedom lie above 0.")
    square = t * t
    # Near 0 and far out one of the two shares is too near 1 to be written; the other is taken.
    if square < degrees:
        tail = (1 - _incomplete_beta(0.5, degrees / 2, square / (degrees + square))) / 2
    else:
        tail = _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square)) / 2
    return tail if t >= 0 else 1 - tail


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return float(x >= 1)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _beta_fraction(a, b, x) / a
    return 1 - math.exp(log_front) * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Lentz's continued fraction."""
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or _TINY)
    value = d
    for i in range(1, 10_000):
        even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i))
        odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1))
        for step in (even, odd):
            d = 1 / ((1 + step * d) or _TINY)
            c = (1 + step / c) or _TINY
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value
