"""Several offers on one order: in which order they count, of what amount, and which exclude each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")
ALONE, OTHER_GROUPS, ALL = "alone", "other_groups", "all"
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Policy:
    """How an offer goes together with others.

    `with_others`: `alone` on its order, with offers of `other_groups`, or with `all`. `base` is the amount that it reads:
    the order's own (`before` other discounts) or what is left of it (`after` those that came earlier). `place` says who
    comes earlier. `most` is the largest share of the order's amount that all discounts together may reach, 1 for all.
    """

    with_others: str = OTHER_GROUPS
    group: str = ""
    base: str = AFTER
    place: int = 100
    most: Decimal = Decimal(1)


@dataclass(frozen=True)
class Taken:
    """A discount that stands on an order already."""

    policy: Policy
    amount: Decimal
    off_the_price: bool


def excluded_by(policy: Policy, taken: Sequence[Taken]) -> bool:
    """Return whether an offer may not come to those that stand on the order; either side may say no."""
    return any(_exclude(policy, other.policy) or _exclude(other.policy, policy) for other in taken)


def _exclude(one: Policy, other: Policy) -> bool:
    return one.with_others == ALONE or (one.with_others == OTHER_GROUPS and one.group == other.group)


def base_of(policy: Policy, order: Decimal, taken: Sequence[Taken]) -> Decimal:
    """Return the amount that an offer reads: the order's, or what is left of it; never below nought."""
    if policy.base == BEFORE:
        return order
    return max(order - _off(taken), Decimal(0))


def room_for(policy: Policy, order: Decimal, taken: Sequence[Taken]) -> Decimal:
    """Return how much may still be taken off: the strictest limit of all offers on the order counts, in whole cents."""
    most = min([policy.most, *(other.policy.most for other in taken)])
    return max((order * most).quantize(CENT, ROUND_DOWN) - _off(taken), Decimal(0))


def _off(taken: Sequence[Taken]) -> Decimal:
    return sum((other.amount for other in taken if other.off_the_price), Decimal(0))


def give(
    policy: Policy, order: Decimal, taken: Sequence[Taken], *, off_the_price: bool, given: Callable[[Decimal], Decimal]
) -> Decimal:
    """Return what an offer gives on top of `taken`; `given(base)` is what it gives alone. Nought where it is excluded."""
    base = base_of(policy, order, taken)
    if excluded_by(policy, taken) or base <= 0:
        return Decimal("0.00")
    amount = given(base)
    return min(amount, room_for(policy, order, taken)) if off_the_price else amount
