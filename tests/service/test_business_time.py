"""Business time against a recomputation that knows nothing of intervals: it asks, minute by minute, what the wall clock
shows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.rules.business_time import (
    BusinessHours,
    Week,
    add_business_time,
    business_time_between,
    intervals_between,
    intervals_on,
    spans_of,
    spans_text,
)

MINUTE = timedelta(minutes=1)
LUNCH = spans_of("09:00-12:00, 13:30-18:00")
SHORT = spans_of("10:00-14:00")
ALWAYS = ((0, 1_440),)
BEGINNING = date(2000, 1, 1)


def week(days=LUNCH, weekend=(), make_up=SHORT):
    return Week(BEGINNING, (days,) * 5 + (weekend,) * 2, make_up)


def hours(zone="Asia/Shanghai", *weeks, departures=(), exceptions=()):
    return BusinessHours(zone, weeks or (week(),), dict(departures), dict(exceptions))


def at(text, zone="Asia/Shanghai", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


# The independent recomputation ------------------------------------------------------------------------------------------
def open_by_the_wall_clock(moment, calendar):
    """Reads the zone's clock and the calendar's rules in words of its own."""
    wall = moment.astimezone(ZoneInfo(calendar.zone))
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    if day in calendar.exceptions:
        openings = calendar.exceptions[day]
    else:
        begun = [week for week in calendar.weeks if week.valid_from <= day]
        if not begun or calendar.departures.get(day) is False:
            return False
        latest = sorted(begun, key=lambda week: week.valid_from)[-1]
        openings = latest.days[day.weekday()]
        if calendar.departures.get(day) is True and latest.make_up:
            openings = latest.make_up
    return any(a <= minute < b for a, b in openings)


def minutes_between(a, b, calendar):
    count = int((b - a) / MINUTE)
    return sum(open_by_the_wall_clock(a + n * MINUTE, calendar) for n in range(count))


def slowly_added(start, minutes, calendar):
    moment = start
    while minutes:
        minutes -= open_by_the_wall_clock(moment, calendar)
        moment += MINUTE
    return moment


# Answers that were worked out by hand ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-25 11:30", 30, "2026-11-25 12:00"),  # at closing time, not after lunch
        ("2026-11-25 11:30", 31, "2026-11-25 13:31"),
        ("2026-11-25 12:30", 60, "2026-11-25 14:30"),
        ("2026-11-27 17:30", 60, "2026-11-30 09:30"),  # Friday evening to Monday
        ("2026-11-28 03:00", 1, "2026-11-30 09:01"),  # on a Saturday
        ("2026-09-30 17:00", 120, "2026-10-08 10:00"),  # eve of the National Day holiday
        ("2026-10-09 17:30", 60, "2026-10-10 10:30"),  # to a make-up Saturday with hours of its own
        ("2024-02-28 17:00", 120, "2024-02-29 10:00"),  # a leap day
        ("2026-01-30 17:00", 120, "2026-02-02 10:00"),  # over the end of a month
    ],
)
def test_a_deadline_falls_where_the_calendar_says(start, minutes, due):
    holidays = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
    calendar = hours(departures=holidays)

    assert add_business_time(at(start), minutes * MINUTE, calendar) == at(due)
    assert business_time_between(at(start), at(due), calendar) == minutes * MINUTE


def test_an_hour_that_is_missing_is_not_counted():
    calendar = hours("Europe/Berlin", week(days=ALWAYS, weekend=ALWAYS))

    assert business_time_between(at("2026-03-29", "Europe/Berlin"), at("2026-03-30", "Europe/Berlin"), calendar) == timedelta(hours=23)  # fmt: skip
    assert intervals_on(date(2026, 3, 29), hours("Europe/Berlin", week(weekend=spans_of("02:15-02:45")))) == []


def test_an_hour_that_comes_twice_is_counted_twice():
    calendar = hours("America/New_York", week(weekend=spans_of("01:00-02:00")))
    day = at("2026-11-01", "America/New_York")

    assert business_time_between(day, day + timedelta(hours=25), calendar) == timedelta(hours=2)
    assert add_business_time(day, timedelta(minutes=90), calendar) == at("2026-11-01 01:30", "America/New_York", fold=1)


def test_openings_that_end_inside_the_repeated_hour_open_again():
    calendar = hours("Europe/Berlin", week(weekend=spans_of("01:00-02:30")))

    found = intervals_on(date(2026, 10, 25), calendar)

    assert [closes - opens for opens, closes in found] == [timedelta(minutes=90), timedelta(minutes=30)]


def test_around_the_clock_is_one_interval():
    found = intervals_between(date(2026, 1, 1), date(2026, 12, 31), hours("Europe/Berlin", week(ALWAYS, ALWAYS)))

    assert found == [(at("2026-01-01", "Europe/Berlin"), at("2027-01-01", "Europe/Berlin"))]


def test_a_midnight_that_is_missing_loses_its_hour():
    """Cairo goes to summer time at midnight (2024-04-26): the day has 23 hours."""
    calendar = hours("Africa/Cairo", week(ALWAYS, ALWAYS))

    assert sum((b - a for a, b in intervals_on(date(2024, 4, 26), calendar)), timedelta()) == timedelta(hours=23)


def test_a_later_week_holds_from_its_day_on():
    later = Week(date(2026, 7, 1), (SHORT,) * 7, ())
    calendar = hours("Asia/Shanghai", week(), later)

    assert business_time_between(at("2026-06-30"), at("2026-07-02"), calendar) == timedelta(hours=7.5 + 4)


def test_an_exception_goes_before_a_holiday():
    day = date(2026, 10, 1)
    calendar = hours(departures={day: False}, exceptions={day: SHORT})

    assert business_time_between(at("2026-10-01"), at("2026-10-02"), calendar) == timedelta(hours=4)


def test_nothing_is_due_at_once_and_backwards_is_negative():
    night = at("2026-11-28 03:00")

    assert add_business_time(night, timedelta(), hours()) == night
    assert business_time_between(at("2026-11-25 15:00"), at("2026-11-25 14:00"), hours()) == -timedelta(hours=1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: add_business_time(at("2026-11-25"), -MINUTE, hours()), "negative"),
        (lambda: add_business_time(at("2026-11-25"), MINUTE, hours("UTC", week((), (), ()))), "ten years"),
        (lambda: spans_of("9 to 5"), "no opening"),
        (lambda: spans_of("12:00-09:00"), "ends after it begins"),
        (lambda: spans_of("23:00-24:01"), "ends after it begins"),
        (lambda: spans_of("09:00-12:00, 11:00-13:00"), "overlap"),
        (lambda: spans_of("09:60-12:00"), "ends after it begins"),
    ],
)
def test_what_no_calendar_can_do_is_said(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_hours_are_read_as_they_are_written():
    assert spans_text(spans_of("13:30–18:00，9:00-12:00")) == "09:00-12:00, 13:30-18:00"
    assert spans_of("") == ()


# Any calendar ----------------------------------------------------------------------------------------------------------
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]
EDGES = [
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2024, 2, 29), date(2026, 2, 28),
    date(2025, 12, 31), date(2024, 4, 26), date(2026, 10, 4), date(2026, 10, 10),
]  # fmt: skip


@st.composite
def spans(draw):
    edges = sorted(draw(st.sets(st.integers(0, 1_440), max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw, day):
    near = st.integers(-3, 3).map(lambda n: day + timedelta(days=n))
    weeks = [Week(BEGINNING, tuple(draw(spans()) for _ in range(7)), draw(spans()))]
    if draw(st.booleans()):
        weeks.append(Week(draw(near), tuple(draw(spans()) for _ in range(7)), draw(spans())))
    departures = draw(st.dictionaries(near, st.booleans(), max_size=3))
    return BusinessHours(
        draw(st.sampled_from(ZONES)), tuple(weeks), departures, draw(st.dictionaries(near, spans(), max_size=2))
    )


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_time_between_is_what_the_wall_clock_counts(data):
    day = data.draw(st.sampled_from(EDGES))
    calendar = data.draw(calendars(day))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + data.draw(st.integers(-2_880, 2_880)) * MINUTE
    end = start + data.draw(st.integers(0, 5_000)) * MINUTE

    assert business_time_between(start, end, calendar) == minutes_between(start, end, calendar) * MINUTE


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_deadline_is_what_the_wall_clock_counts(data):
    day = data.draw(st.sampled_from(EDGES))
    calendar = data.draw(calendars(day))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + data.draw(st.integers(-2_880, 2_880)) * MINUTE
    possible = minutes_between(start, start + timedelta(days=4), calendar)
    minutes = data.draw(st.integers(0, possible))

    assert add_business_time(start, minutes * MINUTE, calendar) == slowly_added(start, minutes, calendar)
