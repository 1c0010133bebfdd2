"""Public holidays that follow from a rule, year by year: bank holidays of England and Wales, federal holidays of the
United States, closing days of TARGET.

What is proclaimed for one year alone (a coronation, a day of mourning) follows from no rule and is entered by hand."""

from collections.abc import Callable
from datetime import date, timedelta

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
DAY = timedelta(days=1)
Named = list[tuple[date, str]]


def easter_sunday(year: int) -> date:
    """Return Easter of a year in the Gregorian calendar (Meeus, Jones, Butcher).

    >>> easter_sunday(2025), easter_sunday(2038)
    (datetime.date(2025, 4, 20), datetime.date(2038, 4, 25))
    """
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_of_month(year: int, month: int, weekday: int, n: int) -> date:
    """Return the n-th such weekday of a month.

    >>> nth_of_month(2025, 11, THURSDAY, 4)
    datetime.date(2025, 11, 27)
    """
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def last_of_month(year: int, month: int, weekday: int) -> date:
    """Return the last such weekday of a month that is not December.

    >>> last_of_month(2025, 5, MONDAY)
    datetime.date(2025, 5, 26)
    """
    last = date(year, month + 1, 1) - DAY
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def holidays_of_england(year: int) -> Named:
    """Bank holidays of England and Wales (Banking and Financial Dealings Act 1971, and the yearly proclamations); one that
    falls on a weekend is kept on the next weekday that is none."""
    easter = easter_sunday(year)
    named = [
        (date(year, 1, 1), "New Year’s Day"),
        (easter - 2 * DAY, "Good Friday"),
        (easter + DAY, "Easter Monday"),
        (nth_of_month(year, 5, MONDAY, 1), "Early May bank holiday"),
        (last_of_month(year, 5, MONDAY), "Spring bank holiday"),
        (last_of_month(year, 8, MONDAY), "Summer bank holiday"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year, 12, 26), "Boxing Day"),
    ]
    kept: Named = [one for one in named if one[0].weekday() < SATURDAY]
    for day, name in named:
        if day.weekday() >= SATURDAY:
            taken = {one for one, _name in kept}
            kept.append((next(other for other in _after(day) if other not in taken), name))
    return sorted(kept)


def _after(day: date) -> list[date]:
    """The weekdays of the week that follows."""
    return [other for n in range(1, 8) if (other := day + n * DAY).weekday() < SATURDAY]


def federal_holidays(year: int) -> Named:
    """Days on which federal offices of the United States are closed in a year (5 U.S.C. 6103): a holiday on a Saturday is
    kept on the Friday before, which may lie in the year before, one on a Sunday on the Monday after."""
    named = [
        (date(year, 1, 1), "New Year’s Day"),
        (nth_of_month(year, 1, MONDAY, 3), "Birthday of Martin Luther King, Jr."),
        (nth_of_month(year, 2, MONDAY, 3), "Washington’s Birthday"),
        (last_of_month(year, 5, MONDAY), "Memorial Day"),
        (date(year, 6, 19), "Juneteenth National Independence Day"),
        (date(year, 7, 4), "Independence Day"),
        (nth_of_month(year, 9, MONDAY, 1), "Labor Day"),
        (nth_of_month(year, 10, MONDAY, 2), "Columbus Day"),
        (date(year, 11, 11), "Veterans Day"),
        (nth_of_month(year, 11, THURSDAY, 4), "Thanksgiving Day"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year + 1, 1, 1), "New Year’s Day"),
    ]
    observed = [(_observed(day), name) for day, name in named]
    return [(day, name) for day, name in observed if day.year == year]


def _observed(day: date) -> date:
    return day + {SATURDAY: -DAY, SUNDAY: DAY}.get(day.weekday(), timedelta())


def target_closing_days(year: int) -> Named:
    """Closing days of TARGET (ECB, long-term calendar in force since 2002); one on a weekend is not moved."""
    easter = easter_sunday(year)
    named = [
        (date(year, 1, 1), "New Year’s Day"),
        (easter - 2 * DAY, "Good Friday"),
        (easter + DAY, "Easter Monday"),
        (date(year, 5, 1), "Labour Day"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year, 12, 26), "26 December"),
    ]
    return [(day, name) for day, name in named if day.weekday() < SATURDAY]


HOLIDAYS: dict[str, Callable[[int], Named]] = {
    "EU": target_closing_days,
    "GB": holidays_of_england,
    "US": federal_holidays,
}
