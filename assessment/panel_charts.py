"""Votes as dots over a scale: small, drawn by the server, with a table behind each."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STEP, TOP, DOT = 34, 8, 12  # pixels between places, over the highest dot, between dots


def dots_svg(values: Sequence[int], *, highest: int, median: Decimal, mine: int | None = None) -> SafeString:
    """Return a picture of votes over the places 1 to `highest`: a dot for each, a line at the median, the reader's own
    dot marked. It is decoration: what it shows stands in words beside it."""
    counts = Counter(values)
    base = TOP + DOT * max(counts.values(), default=1)
    width, height = STEP * highest, base + 22
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="4.5" class="{}"/>', _dots(counts, base, mine))
    ticks = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="middle">{}</text>', ((_x(n), base + 16, n) for n in range(1, highest + 1))
    )
    x = f"{float(_x(median)):.1f}"
    return format_html(
        '<svg class="dots" viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-hidden="true" focusable="false">'
        '<line class="axis" x1="0" x2="{0}" y1="{2}" y2="{2}"/><line class="median" x1="{3}" x2="{3}" y1="0" y2="{2}"/>'
        "{4}{5}</svg>",
        width, height, base + 2, x, dots, ticks,
    )  # fmt: skip


def _dots(counts: Counter[int], base: int, mine: int | None) -> list[tuple[float | Decimal, int, str]]:
    return [
        (_x(place), base - 5 - DOT * row, "mine" if place == mine and row == 0 else "")
        for place, count in sorted(counts.items())
        for row in range(count)
    ]


def _x(place: int | Decimal) -> int | Decimal:
    return STEP * place - STEP // 2
