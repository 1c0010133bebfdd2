"""Value at risk, and whether it kept its promise."""

import math
from collections.abc import Sequence
from numbers import Integral

import numpy as np

from risk.rules.statistics import Test, binomial_cdf, chi_square_sf

YELLOW_FROM, RED_FROM = 0.95, 0.9999


def historical_var(returns: Sequence[float], level: float) -> float:
    """Return the loss, as a positive number, that returns exceeded in 1 - `level` of cases (linear between returns).

    0.99 gives the 99 % value at risk by historical simulation. A negative answer is a sure gain.
    """
    values = np.asarray(returns, dtype=float)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise ValueError("Value at risk needs at least one return, and every return a number.")
    return float(-np.quantile(values, 1 - _level(level), method="linear"))


def kupiec_pof(observations: int, failures: int, level: float) -> Test:
    """Return Kupiec's proportion-of-failures test of a value at risk of `level` (0.95) against its failures.

    Likelihood ratio, chi-square with one degree of freedom (Kupiec, Techniques for verifying the accuracy of risk
    measurement models, Journal of Derivatives 3(2), 1995).
    """
    _check(observations, failures)
    promised, seen = 1 - _level(level), failures / observations
    successes = observations - failures
    statistic = 2 * (_log_chance(successes, failures, seen) - _log_chance(successes, failures, promised))
    statistic = max(0.0, statistic)
    return Test(statistic, chi_square_sf(statistic, 1))


def _log_chance(successes: int, failures: int, chance: float) -> float:
    failed = failures * math.log(chance) if failures else 0.0
    return failed + (successes * math.log1p(-chance) if successes else 0.0)


def traffic_light(observations: int, failures: int, level: float) -> str:
    """Return the Basel zone of a back-test: `green`, `yellow` or `red`.

    By the chance of at most so many failures from a value at risk that is right: green below 95 %, red from 99.99 %
    (Basel Committee, Supervisory framework for the use of backtesting, 1996). 250 days at 99 %: 0 to 4, 5 to 9, 10 and
    more.
    """
    _check(observations, failures)
    reached = binomial_cdf(failures, observations, 1 - _level(level))
    return "red" if reached >= RED_FROM else "yellow" if reached >= YELLOW_FROM else "green"


def _level(level: float) -> float:
    value = float(level)
    if not 0 < value < 1:
        raise ValueError(f"The level is {level}: write it as a fraction between 0 and 1, such as 0.99.")
    return value


def _check(observations: int, failures: int) -> None:
    whole = all(isinstance(count, Integral) and not isinstance(count, bool) for count in (observations, failures))
    if not whole or observations < 1 or not 0 <= failures <= observations:
        raise ValueError(
            f"There are {failures!r} failures in {observations!r} observations: "
            "these are whole numbers, the first not larger."
        )
