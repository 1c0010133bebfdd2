"""Months and year fractions as credit agreements count them."""

from calendar import isleap, monthrange
from datetime import date, timedelta
from decimal import Decimal


def shift_months(day: date, months: int, *, on: int | None = None) -> date:
    """Return the date `months` later (or earlier), on day `on` of the month (default: its own), at most the month's
    last."""
    month0 = day.year * 12 + day.month - 1 + months
    year, month = divmod(month0, 12)
    if not 1 <= year <= 9999:
        raise ValueError(
            f"{months} months from {day} lie outside the years 1 to 9999: check the date and the number of periods."
        )
    return date(year, month + 1, min(on or day.day, monthrange(year, month + 1)[1]))


def is_last_of_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def actual_actual(start: date, end: date) -> Decimal:
    """Return years from the day after `start` through `end`, each day as 1/365 or 1/366 of the year that it lies in."""
    if start.year == end.year:
        return Decimal((end - start).days) / (366 if isleap(end.year) else 365)
    first = Decimal((date(start.year, 12, 31) - start).days) / (366 if isleap(start.year) else 365)
    last = Decimal((end - date(end.year - 1, 12, 31)).days) / (366 if isleap(end.year) else 365)
    return first + (end.year - start.year - 1) + last


def days_30_360(start: date, end: date) -> int:
    """Return days between two dates in a year of twelve months of 30 days (30/360 US, ISDA 2006 section 4.16(f))."""
    from_day = min(start.day, 30)
    to_day = 30 if end.day == 31 and from_day == 30 else end.day
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + to_day - from_day


def years_back(start: date, end: date) -> Decimal:
    """Return the years from `start` to `end`: whole ones counted back from the end, then days over the length of their
    year.

    Directive 2008/48/EC, annex I, remark (c), with 2011/90/EU: the length of the year is that of the one which ends
    where the remaining days end.
    """
    whole = end.year - start.year
    whole -= shift_months(end, -12 * whole) < start
    rest_ends = shift_months(end, -12 * whole)
    year = rest_ends - shift_months(rest_ends, -12) if rest_ends.year > 1 else timedelta(365)
    return whole + Decimal((rest_ends - start).days) / year.days
