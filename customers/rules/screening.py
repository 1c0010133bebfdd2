"""Whether a customer may be somebody on a list: the likeness of names, and what else is known of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from customers.rules.names import Likeness

SAME_DAY, SAME_YEAR, OTHER_DAY, OTHER_YEAR, SAME_PLACE = 6, 2, -6, -14, 2
NEAR_YEARS = 1  # lists are often a year off


@dataclass(frozen=True)
class Known:
    """What both sides may have beside a name."""

    birth_date: date | None = None
    country: str = ""


def judged(likeness: Likeness, ours: Known, *, birth_dates: Sequence[str], countries: Sequence[str]) -> dict[str, Any]:
    """Return the percent of a pair and how it came about: words that matched, and what birth date and country add.

    What is unknown on either side adds nothing and takes nothing."""
    parts = [part for part in (_born(ours.birth_date, birth_dates), _place(ours.country, countries)) if part]
    percent = round(100 * likeness.score) + sum(points for _name, points in parts)
    return {
        "percent": max(0, min(100, percent)),
        "name": likeness.written,
        "names": round(100 * likeness.score),
        "pairs": [[pair.ours, pair.theirs, pair.how, round(100 * pair.likeness)] for pair in likeness.pairs],
        "points": [[name, points] for name, points in parts],
    }


def by_identifier(written: str) -> dict[str, Any]:
    """Return what a pair is whose documents have one number: certain, whatever the names."""
    return {"percent": 100, "name": written, "names": 0, "pairs": [], "points": [["identifier", 100]]}


def _born(ours: date | None, theirs: Sequence[str]) -> tuple[str, int] | None:
    if ours is None or not theirs:
        return None
    if ours.isoformat() in theirs:
        return "same_birth_date", SAME_DAY
    away = min(abs(int(one[:4]) - ours.year) for one in theirs)
    if any(len(one) == 4 for one in theirs) and away <= NEAR_YEARS:
        return "near_birth_year", SAME_YEAR
    return ("other_birth_date", OTHER_DAY) if away <= NEAR_YEARS else ("other_birth_year", OTHER_YEAR)


def _place(ours: str, theirs: Sequence[str]) -> tuple[str, int] | None:
    return ("same_country", SAME_PLACE) if ours and ours in theirs else None
