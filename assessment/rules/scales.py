"""From a figure to a step of a scale, by a stated table of bounds."""

from collections.abc import Sequence
from decimal import Decimal


def step_for(figure: Decimal, bounds: Sequence[Decimal], *, falling: bool = False) -> int:
    """Return the step, from 1, that a figure lies on: `bounds` are the figures with which steps 2, 3, … begin.

    A figure on a bound lies on the graver step. `falling` is for figures where low is grave, such as a credit score:
    bounds then fall, and a step is reached at its bound or below.

    >>> step_for(Decimal(5), [Decimal(1), Decimal(5), Decimal(10)])
    3
    """
    return 1 + sum(figure <= bound if falling else figure >= bound for bound in bounds)


def check_bounds(bounds: Sequence[Decimal], *, steps: int, falling: bool = False) -> None:
    """Raise ValueError unless there is a bound for every step but the first, each beyond the one before."""
    if len(bounds) != steps - 1:
        raise ValueError(f"{steps} steps have {steps - 1} bounds, not {len(bounds)}")
    pairs = zip(bounds, bounds[1:], strict=False)
    if not all(after < before if falling else after > before for before, after in pairs):
        raise ValueError("bounds fall" if falling else "bounds rise")
