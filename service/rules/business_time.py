"""Time as a calendar counts it: only while its doors are open, on the wall clock of its zone.

A moment is open when the wall clock of the zone shows a time inside an opening of that day. So an hour that summer time
skips is never open, and an hour that comes twice is open twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Spans = tuple[tuple[int, int], ...]  # minutes since midnight on the wall clock: from, and the first one after
Interval = tuple[datetime, datetime]  # in UTC: from, and the first moment after

DAY_MINUTES = 1_440
LONGEST_SEARCH = 3_660  # days: a calendar that opens for less than the time asked for in ten years is wrong
ONE_DAY = timedelta(days=1)
SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")


@dataclass(frozen=True)
class Week:
    """The hours of seven days, Monday first, and of a make-up workday, from a day on."""

    valid_from: date
    days: tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
    make_up: Spans


@dataclass(frozen=True)
class BusinessHours:
    """When a calendar is open. `departures` are the jurisdiction's holidays (False) and make-up workdays (True),
    `exceptions` the calendar's own days, which go before them."""

    zone: str
    weeks: tuple[Week, ...]
    departures: Mapping[date, bool] = field(default_factory=dict)
    exceptions: Mapping[date, Spans] = field(default_factory=dict)

    def spans_on(self, day: date) -> Spans:
        """Return the openings of a day; none before the first week that is known."""
        if day in self.exceptions:
            return self.exceptions[day]
        week = max((week for week in self.weeks if week.valid_from <= day), key=lambda w: w.valid_from, default=None)
        if week is None or self.departures.get(day) is False:
            return ()
        usual = week.days[day.weekday()]
        return week.make_up or usual if self.departures.get(day) else usual


def spans_of(text: str) -> Spans:
    """Return the openings that a text such as `09:00-12:00, 13:30-18:00` names; ValueError says what is wrong."""
    parts = [part.strip() for part in re.split(r"[,;，、]", text) if part.strip()]
    spans = sorted(_span(part) for part in parts)
    for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
        if start < end:
            raise ValueError(f"Two openings overlap at {minute_text(start)}.")
    return tuple(spans)


def _span(text: str) -> tuple[int, int]:
    found = SPAN.match(text)
    if not found:
        raise ValueError(f"“{text}” is no opening: write 09:00-12:00.")
    first_hour, first_minute, last_hour, last_minute = (int(part) for part in found.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if first_minute > 59 or last_minute > 59 or not start < end <= DAY_MINUTES:
        raise ValueError(f"“{text}” is no opening: it ends after it begins, by 24:00.")
    return start, end


def spans_text(spans: Spans) -> str:
    return ", ".join(f"{minute_text(start)}-{minute_text(end)}" for start, end in spans)


def minute_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def intervals_between(first: date, last: date, hours: BusinessHours) -> list[Interval]:
    """Return when the calendar is open on the days from `first` to `last`, in order; what touches is one."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return _merged(interval for day in days for interval in intervals_on(day, hours))


def intervals_on(day: date, hours: BusinessHours) -> list[Interval]:
    """Return the openings of one day of the zone's calendar, in UTC."""
    spans, found = hours.spans_on(day), []
    if not spans:
        return []
    midnight = datetime.combine(day, time(), UTC)
    for begins, ends, offset in _stretches(day, ZoneInfo(hours.zone)):
        for start, end in spans:
            opens = max(begins, midnight + timedelta(minutes=start) - offset)
            closes = min(ends, midnight + timedelta(minutes=end) - offset)
            if opens < closes:
                found.append((opens, closes))
    return found


def _stretches(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The day in UTC, in one piece or, where the clocks are changed on it, in two: from, to, and the offset there."""
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + ONE_DAY, time(), zone).replace(fold=1).astimezone(UTC)
    before, after = _offset(begins, zone), _offset(ends - timedelta(seconds=1), zone)
    if before == after:
        yield begins, ends, before
        return
    low, high = 0, int((ends - begins).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(begins + timedelta(seconds=middle), zone) == before else (low, middle)
    change = begins + timedelta(seconds=high)
    yield begins, change, before
    yield change, ends, after


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for opens, closes in sorted(intervals):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged


def is_open_at(moment: datetime, hours: BusinessHours) -> bool:
    local = moment.astimezone(ZoneInfo(hours.zone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in hours.spans_on(local.date()))


def add_business_time(start: datetime, duration: timedelta, calendar: BusinessHours) -> datetime:
    """Return the first moment at which `duration` of open time has gone by since `start`, in UTC.

    What ends with a day's last minute is due at closing time, not at the next opening. ValueError for a negative
    duration, and where the calendar does not open long enough in ten years."""
    if duration < timedelta():
        raise ValueError("A deadline lies after its start: the duration is negative.")
    start, left = start.astimezone(UTC), duration
    if not left:
        return start
    first = start.astimezone(ZoneInfo(calendar.zone)).date() - ONE_DAY
    for number in range(0, LONGEST_SEARCH, 7):
        begins = first + timedelta(days=number)
        for opens, closes in intervals_between(begins, begins + timedelta(days=6), calendar):
            opens = max(opens, start)
            if closes - opens >= left:
                return opens + left
            left -= max(closes - opens, timedelta())
    raise ValueError(f"The calendar does not open for {duration} in ten years: look at its hours.")


def business_time_between(a: datetime, b: datetime, calendar: BusinessHours) -> timedelta:
    """Return how much open time lies between two moments; negative where `b` lies before `a`."""
    if b < a:
        return -business_time_between(b, a, calendar)
    zone, a, b = ZoneInfo(calendar.zone), a.astimezone(UTC), b.astimezone(UTC)
    found = intervals_between(a.astimezone(zone).date() - ONE_DAY, b.astimezone(zone).date() + ONE_DAY, calendar)
    return sum((max(min(closes, b) - max(opens, a), timedelta()) for opens, closes in found), timedelta())
