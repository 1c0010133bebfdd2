"""On which day a step of a complaint is due: counted from its beginning, and moved where the law moves a last day off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from customers.rules.deadlines import LONGEST_SEARCH, IsWorking, span_after

STAYS, NEXT_WORKING = "stays", "next_working"


@dataclass(frozen=True)
class LastDay:
    """`counted` is where the count ends, `due` the last day that is still in time."""

    counted: date
    due: date

    @property
    def is_moved(self) -> bool:
        return self.due != self.counted


def last_day(start: date, value: int, unit: str, *, ends: str, is_working: IsWorking) -> LastDay:
    """Return when a span ends that begins after `start`; the day of the start does not count (Civil Code of China, art.
    201). Where `ends` is `next_working`, a last day that is off moves to the first working day after it (art. 203).
    """
    counted = span_after(start, value, unit, is_working=is_working)
    if ends == STAYS:
        return LastDay(counted, counted)
    if ends != NEXT_WORKING:
        raise ValueError(f"{ends} is no way for a span to end: use {STAYS} or {NEXT_WORKING}.")
    due = counted
    for _step in range(LONGEST_SEARCH):
        if is_working(due):
            return LastDay(counted, due)
        due += timedelta(days=1)
    raise ValueError(f"No working day follows {counted}: look at the working calendar.")
