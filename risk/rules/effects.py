"""What a treatment changed on its indicator: means before and after, and how sure the difference is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

FEWEST = 3  # readings on either side; below, a mean says nothing


@dataclass(frozen=True)
class Effect:
    """Means before and after, their difference, and the 95 % interval of it (Welch, normal approximation)."""

    before: float
    after: float
    difference: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves no doubt about the direction."""
        return self.low > 0 or self.high < 0


def effect_of(before: Sequence[float], after: Sequence[float]) -> Effect | None:
    """Return what changed, or None where either side has fewer than three readings.

    The half width is 1.96 times the standard error of the difference of two means with variances of their own
    (B. L. Welch, Biometrika 29, 1938).
    """
    if len(before) < FEWEST or len(after) < FEWEST:
        return None
    was, now = fmean(before), fmean(after)
    error = math.sqrt(stdev(before) ** 2 / len(before) + stdev(after) ** 2 / len(after))
    return Effect(was, now, now - was, now - was - 1.96 * error, now - was + 1.96 * error)
