"""How much a campaign brought about, from sums over two groups: by how much the means differ, and how surely.

With sums instead of every value, a group of a million costs as much as one of ten."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

NORMAL = NormalDist()


@dataclass(frozen=True)
class Sums:
    """What is known of a group: how many, the sum of a figure and of its squares, the same of what was before, and the sum of
    products of both."""

    n: int
    total: float = 0.0
    squares: float = 0.0
    before: float = 0.0
    before_squares: float = 0.0
    products: float = 0.0

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0


@dataclass(frozen=True)
class Effect:
    """The mean of the first group less that of the second, with an interval at `level`."""

    difference: float
    low: float
    high: float

    @property
    def is_positive(self) -> bool:
        return self.low > 0

    @property
    def is_negative(self) -> bool:
        return self.high < 0


def effect_of_means(treated: Sums, control: Sums, *, level: float = 0.95, adjusted: bool = True) -> Effect | None:
    """Return by how much the means differ, less what the same people's figures of before explain of it (CUPED, see
    `experiments.less_what_was_known`), with Welch's spread and a normal interval; None where a group has fewer than two.

    A normal interval needs groups of some dozens; the difference itself holds for any."""
    if min(treated.n, control.n) < 2:
        return None
    theta = _theta(treated, control) if adjusted else 0.0
    spread = math.sqrt(_variance(treated, theta) / treated.n + _variance(control, theta) / control.n)
    before = treated.before / treated.n - control.before / control.n
    difference = treated.mean - control.mean - theta * before
    half = NORMAL.inv_cdf((1 + level) / 2) * spread
    return Effect(difference, difference - half, difference + half)


def _theta(first: Sums, second: Sums) -> float:
    """The slope of the figure over what was before, of both groups about their own means."""
    shared = _about_means(first.products, first.total, first.before, first.n) + _about_means(
        second.products, second.total, second.before, second.n
    )
    spread = _about_means(first.before_squares, first.before, first.before, first.n) + _about_means(
        second.before_squares, second.before, second.before, second.n
    )
    return shared / spread if spread > 0 else 0.0


def _variance(group: Sums, theta: float) -> float:
    own = _about_means(group.squares, group.total, group.total, group.n)
    before = _about_means(group.before_squares, group.before, group.before, group.n)
    shared = _about_means(group.products, group.total, group.before, group.n)
    return max(0.0, own - 2 * theta * shared + theta * theta * before) / (group.n - 1)


def _about_means(products: float, first: float, second: float, n: int) -> float:
    return products - first * second / n
