"""When a campaign that goes out again and again goes out next."""

from calendar import monthrange
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def occurrence(starts_at: datetime, every: str, number: int, zone: str) -> datetime:
    """Return when round `number` (1 is the first) goes out: the same wall time in `zone`, days, weeks or months later.

    In a month that is too short it is the last day; a wall time that a clock skips becomes the one after the gap."""
    if number < 1:
        raise ValueError(f"Rounds count from 1, not {number}.")
    tz = ZoneInfo(zone)
    first = starts_at.astimezone(tz)
    if every in ("day", "week"):
        day = first.date() + timedelta(days=(number - 1) * (7 if every == "week" else 1))
    elif every == "month":
        months = first.month - 1 + number - 1
        year, month = first.year + months // 12, months % 12 + 1
        day = first.date().replace(year=year, month=month, day=min(first.day, monthrange(year, month)[1]))
    else:
        raise ValueError(f"A campaign goes out again every day, week or month, not {every!r}.")
    return datetime.combine(day, first.time(), tz).astimezone(ZoneInfo("UTC"))
