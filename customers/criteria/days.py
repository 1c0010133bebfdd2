"""Days that a condition is about, counted from the day of the question. No database, no clock."""

from calendar import isleap
from datetime import date, timedelta


def days_from(day: date, days: int) -> date:
    """Return the day so many days later, or earlier; beyond the calendar its first or last day."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who is at least so many years old on `day`.

    Who was born on 29 February is a year older on 1 March of a year without that day."""
    year = day.year - years
    if year < date.min.year:
        return date.min
    if day.month == 2 and day.day == 29 and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def birthdays_within(day: date, days: int) -> list[int]:
    """Return the birthdays from `day` to so many days later, as month × 100 + day, sorted.

    29 February is celebrated on the 28th in a year without that day."""
    found = set()
    for ahead in range(min(days, 366) + 1):
        one = days_from(day, ahead)
        found.add(one.month * 100 + one.day)
        if (one.month, one.day) == (2, 28) and not isleap(one.year):
            found.add(229)
    return sorted(found)
