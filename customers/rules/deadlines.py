"""When something is due: years, months, days, or working days of a calendar with holidays and make-up workdays."""

from collections.abc import Callable
from datetime import date, timedelta

from products.rules.calendar import shift_months

IsWorking = Callable[[date], bool]
SATURDAY = 5
LONGEST_SEARCH = 3_660  # days: a calendar without a working day in ten years is wrong


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def working_day_of(departures: dict[date, bool]) -> IsWorking:
    """Return the question whether a day is worked: as `departures` say, else Monday to Friday."""
    return lambda day: departures.get(day, is_weekday(day))


def add_working_days(start: date, days: int, *, is_working: IsWorking) -> date:
    """Return the `days`-th working day after `start`; the day of the start does not count."""
    day, left = start, days
    for _step in range(LONGEST_SEARCH):
        if left <= 0:
            return day
        day += timedelta(days=1)
        left -= is_working(day)
    raise ValueError(f"No {days} working days follow {start}: look at the working calendar.")


def working_days_between(start: date, end: date, *, is_working: IsWorking) -> int:
    """Return how many working days lie after `start` up to `end`; negative where the end lies before."""
    if end < start:
        return -working_days_between(end, start, is_working=is_working)
    return sum(is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def span_after(start: date, value: int, unit: str, *, is_working: IsWorking = is_weekday) -> date:
    """Return the last day of a span that begins after `start`. Spans of months end on the same day of the month, or its
    last (Regulation (EEC, Euratom) No 1182/71, art. 3(2)(c)); none is moved to the next working day, which is the
    stricter reading.
    """
    if unit == "years":
        return shift_months(start, 12 * value)
    if unit == "months":
        return shift_months(start, value)
    if unit == "days":
        return start + timedelta(days=value)
    if unit == "working_days":
        return add_working_days(start, value, is_working=is_working)
    raise ValueError(f"{unit} is no unit of a span in days: use years, months, days or working_days.")


def span_before(end: date, value: int, unit: str) -> date:
    """Return the day before which whatever began is over by `end`; at the end of a month a day or two late, never early."""
    if unit not in ("years", "months", "days"):
        raise ValueError(f"{unit} is no span of keeping: use years, months or days.")
    if unit == "days":
        return end - timedelta(days=value)
    return shift_months(end, -value * (12 if unit == "years" else 1))


def tone_of_deadline(today: date, due: date, *, is_working: IsWorking, amber: int = 5) -> str:
    """Return how grave a deadline is: red once over, amber in its last working days."""
    if due < today:
        return "red"
    return "amber" if working_days_between(today, due, is_working=is_working) <= amber else "neutral"
