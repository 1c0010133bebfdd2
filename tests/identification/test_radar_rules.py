from datetime import date
from itertools import combinations
from math import hypot

import pytest

from identification.rules.radar import GAP, Look, moves, place_dots, quarter_end_before, sector_bounds

RINGS = [165.0, 280.0, 380.0, 460.0]


def cells(each, ring=None):
    """`each` dots of every severity in turn, in one ring or in all."""
    rings = range(4) if ring is None else [ring]
    keys = iter(range(10_000))
    return {(r, sector): [(next(keys), 1 + n % 5) for n in range(each)] for r in rings for sector in range(7)}


@pytest.mark.parametrize("each", [1, 2, 5, 30])
def test_no_two_dots_touch(each):
    dots = list(place_dots(cells(each), rings=RINGS, sectors=7).values())

    assert len(dots) == 28 * each
    assert all(hypot(a.x - b.x, a.y - b.y) > a.r + b.r for a, b in combinations(dots, 2))


@pytest.mark.parametrize("ring", [0, 1, 2, 3])
def test_each_dot_lies_inside_its_ring(ring):
    inner, outer = ([0.0, *RINGS][ring], RINGS[ring])

    for dot in place_dots(cells(12, ring), rings=RINGS, sectors=7).values():
        assert inner - 0.1 <= hypot(dot.x, dot.y) - dot.r * (ring > 0)
        assert hypot(dot.x, dot.y) + dot.r <= outer + 0.1


def test_the_same_input_gives_the_same_places_and_graver_is_larger():
    placed = place_dots(cells(5), rings=RINGS, sectors=7)

    assert placed == place_dots(cells(5), rings=RINGS, sectors=7)
    assert placed[0].r < placed[1].r < placed[4].r


def test_sectors_leave_the_top_free_and_follow_each_other():
    bounds = [sector_bounds(sector, 7) for sector in range(7)]

    assert bounds[0][0] == pytest.approx(GAP / 2)
    assert all(a[1] == pytest.approx(b[0]) for a, b in zip(bounds, bounds[1:], strict=False))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 1, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2025, 12, 31)),
        (date(2026, 4, 1), date(2026, 3, 31)),
        (date(2024, 12, 31), date(2024, 9, 30)),
    ],
)
def test_the_quarter_before_ends_on_its_last_day(day, before):
    assert quarter_end_before(day) == before


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (None, Look(0, 5), ["new"]),
        (Look(2, 3), Look(2, 3), []),
        (Look(2, 3), Look(1, 4), ["nearer", "graver"]),
        (Look(1, 4), Look(3, 4), ["farther"]),
        (Look(1, 4), Look(1, 2), ["milder"]),
    ],
)
def test_what_moved(before, now, said):
    assert moves(before, now) == said
