"""Where the dots of a radar stand, and what moved between two days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import asin, cos, floor, pi, radians, sin

WIDEST = 62.0  # between the middles of two dots, in the units of the drawing
TIGHTER = 0.9  # how much nearer they come, again and again, until all fit
GAP = radians(30)  # left free at the top for the names of the rings
SMALLEST = 0.6  # of the largest dot, for the lowest severity

Cell = tuple[int, int]  # ring from the middle, sector clockwise from the top


@dataclass(frozen=True)
class Dot:
    """A place relative to the middle of the radar, x to the right and y downwards, with the dot's radius."""

    key: int
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class Look:
    """What a look found: the ring from the middle, and the severity from 1 to 5."""

    ring: int
    severity: int


def place_dots(
    cells: Mapping[Cell, Sequence[tuple[int, int]]], *, rings: Sequence[float], sectors: int
) -> dict[int, Dot]:
    """Return `{key: dot}` for `{(ring, sector): [(key, severity), …]}`: no two dots touch, and none leaves its cell.

    `rings` are the outer radii. The distance between dots is the same all over, so that sizes compare; it shrinks until
    the fullest cell holds all of its dots. The same input gives the same places.
    """
    step = WIDEST
    places = {cell: _slots(cell, step, rings, sectors) for cell in cells}
    while any(len(places[cell]) < len(dots) for cell, dots in cells.items()):
        step *= TIGHTER
        places = {cell: _slots(cell, step, rings, sectors) for cell in cells}
    return {
        key: Dot(key, x, y, round((step / 2 - step / 20) * _share(severity), 1))
        for cell, dots in cells.items()
        for (key, severity), (x, y) in zip(dots, _spread(places[cell], len(dots)), strict=True)
    }


def _share(severity: int) -> float:
    return SMALLEST + (1 - SMALLEST) * (severity - 1) / 4


def _spread(slots: Sequence[tuple[float, float]], wanted: int) -> list[tuple[float, float]]:
    """As many of the slots as are wanted, evenly from first to last."""
    return [slots[floor((number + 0.5) * len(slots) / wanted)] for number in range(wanted)]


def sector_bounds(sector: int, sectors: int) -> tuple[float, float]:
    """The angles, clockwise from the top, between which a sector lies."""
    wide = (2 * pi - GAP) / sectors
    return GAP / 2 + sector * wide, GAP / 2 + (sector + 1) * wide


def point(angle: float, radius: float) -> tuple[float, float]:
    """Return x and y of an angle clockwise from the top."""
    return round(radius * sin(angle), 1), round(-radius * cos(angle), 1)


def _slots(cell: Cell, step: float, rings: Sequence[float], sectors: int) -> list[tuple[float, float]]:
    """Places inside a cell at least `step` from each other and half of it from its borders."""
    ring, sector = cell
    inner, outer = (rings[ring - 1] if ring else 0.0), rings[ring]
    rows = floor((outer - inner) / step)
    margin = (outer - inner - rows * step) / 2
    found: list[tuple[float, float]] = []
    for row in range(rows):
        found += _arc(inner + margin + step * (row + 0.5), step, sector_bounds(sector, sectors))
    return found


def _arc(radius: float, step: float, bounds: tuple[float, float]) -> list[tuple[float, float]]:
    """Places on one arc; none where a dot would cross the sides."""
    if radius <= step / 2:
        return []
    aside, apart = asin(step / 2 / radius), 2 * asin(step / 2 / radius)
    free = bounds[1] - bounds[0] - 2 * aside
    if free < 0:
        return []
    fit = floor(free / apart + 1e-9) + 1
    first = bounds[0] + aside + (free - (fit - 1) * apart) / 2
    return [point(first + number * apart, radius) for number in range(fit)]


def quarter_end_before(day: date) -> date:
    """The last day of the quarter before the one that `day` lies in."""
    first_month = 3 * ((day.month - 1) // 3) + 1
    return date(day.year, first_month, 1) - timedelta(days=1)


def moves(before: Look | None, now: Look) -> list[str]:
    """Say what moved: `new`, or any of `nearer`, `farther`, `graver`, `milder`; nothing where it stands as it stood."""
    if before is None:
        return ["new"]
    return [*_way(before.ring, now.ring, "nearer", "farther"), *_way(now.severity, before.severity, "graver", "milder")]


def _way(first: int, second: int, less: str, more: str) -> Iterable[str]:
    return [] if first == second else [less if second < first else more]
