"""How well experts foresee: Brier score, hit rate of their intervals, and the weight that follows from both."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from risk.rules.statistics import wilson_interval

FEWEST = 5  # resolved forecasts; below, a score is chance, and would betray single votes
COIN = 0.25  # Brier score of whoever always says 50 %
LEAST, MOST = Decimal("0.5"), Decimal("2.0")


@dataclass(frozen=True)
class Forecast:
    """What an expert said and what came of it. `probability` is a share from 0 to 1; `inside` says whether what was
    observed lay in the interval, None where none was given or nothing was observed; `level` is what the interval should
    hold."""

    probability: float
    came_true: bool
    inside: bool | None = None
    level: float = 0.9


@dataclass(frozen=True)
class HitRate:
    """How many intervals held what was observed, with the 95 % interval of the share; `stated` is what they promised."""

    hits: int
    intervals: int
    low: float
    high: float
    stated: float

    @property
    def share(self) -> float:
        return self.hits / self.intervals

    @property
    def holds(self) -> bool:
        """Whether the share may be what was promised, as far as so few tell."""
        return self.low <= self.stated <= self.high


def brier_score(forecasts: Sequence[Forecast]) -> float | None:
    """Return the mean squared difference between probabilities and what came true: 0 is perfect, 0.25 a coin, 1 always
    wrong; None without forecasts. G. W. Brier, Monthly Weather Review 78, 1950, in its form for one event."""
    if not forecasts:
        return None
    return sum((one.probability - one.came_true) ** 2 for one in forecasts) / len(forecasts)


def hit_rate(forecasts: Sequence[Forecast]) -> HitRate | None:
    """Return how many stated intervals held what was observed; None without any."""
    known = [one for one in forecasts if one.inside is not None]
    if not known:
        return None
    hits = sum(bool(one.inside) for one in known)
    low, high = wilson_interval(hits, len(known))
    return HitRate(hits, len(known), low, high, sum(one.level for one in known) / len(known))


def suggested_weight(forecasts: Sequence[Forecast]) -> Decimal | None:
    """Return the weight that the record suggests, from 0.5 to 2.0 in tenths; None below five resolved forecasts.

    2 less 4 times the Brier score: 2.0 for whoever is always right, 1.0 for a coin. 0.2 less where the share of
    intervals that held cannot be what they promised. A suggestion for people, never applied by itself.
    """
    score = brier_score(forecasts)
    if score is None or len(forecasts) < FEWEST:
        return None
    held = hit_rate(forecasts)
    penalty = Decimal("0.2") if held and not held.holds else Decimal(0)
    weight = 1 + (COIN - score) / COIN
    return min(MOST, max(LEAST, Decimal(str(round(weight, 1))) - penalty))
