"""Calendars as the rules read them, and their openings laid out so that the database counts on them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import CalendarDay
from service.models import BusinessCalendar
from service.models.calendars import WEEKDAYS, CalendarWeek
from service.rules.business_time import BusinessHours, Week, intervals_between, spans_of
from service.sql import statement

YEARS_BEFORE, YEARS_AFTER = 2, 2
LONGEST = timedelta(days=380)  # how far ahead of now a deadline can be asked for before a year more is laid out


def hours_of(calendar: BusinessCalendar) -> BusinessHours:
    """Return when a calendar is open, as the rules of business time take it."""
    departures = CalendarDay.objects.filter(jurisdiction=calendar.jurisdiction) if calendar.jurisdiction else []
    return BusinessHours(
        zone=calendar.zone,
        weeks=tuple(week_of(row) for row in calendar.weeks.all()),
        departures={row.day: row.is_working for row in departures},
        exceptions={row.day: spans_of(row.hours) for row in calendar.exceptions.all()},
    )


def week_of(row: CalendarWeek) -> Week:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (spans_of(getattr(row, day)) for day in WEEKDAYS)
    days = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
    return Week(valid_from=row.valid_from, days=days, make_up=spans_of(row.make_up))


def calendar_hours(code: str) -> BusinessHours:
    """Return the hours of the calendar of that code."""
    return hours_of(BusinessCalendar.objects.get(code=code))


@transaction.atomic
def lay_out(*, calendar_id: int, first: date, last: date) -> bool:
    """Write the openings of a calendar from the year of `first` to the year of `last`, at least; return whether they
    changed. Laying out what lies there already changes nothing."""
    calendar = BusinessCalendar.objects.select_for_update(of=("self",)).get(pk=calendar_id)
    begins = min(filter(None, [date(first.year, 1, 1), calendar.laid_from]))
    ends = max(filter(None, [date(last.year, 12, 31), calendar.laid_until]))
    found = intervals_between(begins, ends, hours_of(calendar))
    digest = hashlib.sha256(repr((begins, ends, found)).encode()).hexdigest()
    if digest == calendar.laid_digest:
        return False
    name_act("service.calendar.laid_out")
    _write(calendar, found)
    calendar.laid_from, calendar.laid_until, calendar.laid_digest = begins, ends, digest
    calendar.save(update_fields=["laid_from", "laid_until", "laid_digest"])
    return True


def _write(calendar: BusinessCalendar, found: list[tuple[datetime, datetime]]) -> None:
    calendar.openings.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            statement("openings_write"),
            {
                "calendar": calendar.pk,
                "opens": [opens for opens, _c in found],
                "closes": [closes for _o, closes in found],
            },
        )


def cover(*, first: datetime, at: datetime) -> None:
    """Lay out every calendar that does not reach from `first` to a year after `at`. Costs one query where all do."""
    start, end = first.astimezone(UTC).date() - timedelta(days=2), (at.astimezone(UTC) + LONGEST).date()
    for calendar in BusinessCalendar.objects.short_of(start, end):
        begins = min(start, date(at.year - YEARS_BEFORE, 1, 1))
        lay_out(calendar_id=calendar.pk, first=begins, last=date(at.year + YEARS_AFTER, 12, 31))


def lay_out_again(*, at: datetime) -> list[int]:
    """Lay out every calendar anew and return the ids of those that changed: its week, its days or the holidays did."""
    known = BusinessCalendar.objects.order_by("pk")
    around = date(at.year - YEARS_BEFORE, 1, 1), date(at.year + YEARS_AFTER, 12, 31)
    return [row.pk for row in known if lay_out(calendar_id=row.pk, first=around[0], last=around[1])]


def spoken_hours(calendar: BusinessCalendar) -> str:
    """Return where and by whose holidays a calendar counts, in words."""
    if not calendar.jurisdiction:
        return _("%(zone)s, no public holidays") % {"zone": calendar.zone}
    return _("%(zone)s, holidays of %(law)s") % {"zone": calendar.zone, "law": calendar.jurisdiction}
