"""What a likelihood and an impact amount to. The scale is data: the cells of a matrix version come in, a judgement
comes out."""

from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[int, int]


@dataclass(frozen=True)
class Judgement:
    """A score on the matrix's own scale, and the level it stands for (`low`, `medium`, `high`, `critical`)."""

    score: int
    level: str


def judge(cells: Mapping[Place, Judgement], *, likelihood: int, impact: int) -> Judgement:
    """Return what stands in the matrix at (likelihood, impact), both counted from 1, lowest first.

    A place outside the matrix raises ValueError.
    """
    if (likelihood, impact) not in cells:
        highest = max((place[0] for place in cells), default=0)
        raise ValueError(f"likelihood {likelihood} and impact {impact}: choose each from 1 to {highest}")
    return cells[likelihood, impact]


def may_remain(residual: Judgement, *, inherent: Judgement | None) -> bool:
    """Return whether a residual rating is possible: controls never make a risk graver than it was without them."""
    return inherent is None or residual.score <= inherent.score
