"""Statutory days of complaints. The calendar here is written down from the State Council's notices on holidays, day by day
and apart from the table that the program reads: General Office notices of 12 November 2024 (for 2025) and of 4 November
2025 (for 2026)."""

from datetime import date, timedelta

import pytest

from customers.services.privacy_rules import working_calendar
from service.models import ComplaintRule
from service.rules.complaint_days import last_day
from service.services.complaint_clocks import end_of_rule

DAY = timedelta(days=1)
# First and last day off of each holiday, and the weekend days that are worked for it.
OFF = [
    ("2025-01-01", "2025-01-01"), ("2025-01-28", "2025-02-04"), ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"), ("2025-05-31", "2025-06-02"), ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]  # fmt: skip
WORKED = {
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
}  # fmt: skip


def is_worked(day: date) -> bool:
    text = day.isoformat()
    if any(first <= text <= last for first, last in OFF):
        return False
    return text in WORKED or day.isoweekday() < 6


def after_days_off(day: date) -> date:
    while not is_worked(day):
        day += DAY
    return day


def after_working_days(day: date, n: int) -> date:
    while n:
        day += DAY
        n -= is_worked(day)
    return day


def days_of(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


YEARS = days_of(date(2025, 1, 1), date(2026, 10, 31))


@pytest.mark.django_db
@pytest.mark.parametrize(("step", "days"), [("decision", 15), ("decision_complex", 30)])
def test_every_day_of_two_years_gives_the_right_statutory_date(step, days):
    """Fifteen or thirty days after the receipt; on a day off, the first working day after it."""
    is_working = working_calendar("CN", date(2025, 10, 1))
    far = working_calendar("CN", date(2026, 7, 1))
    wrong = []
    for received in YEARS:
        rule = ComplaintRule.objects.the_one(step, "CN", received)
        found = last_day(
            received, rule.value, rule.unit, ends=rule.ends, is_working=is_working if received.year == 2025 else far
        )
        counted = received + timedelta(days=days)
        if (found.counted, found.due) != (counted, after_days_off(counted)):
            wrong.append((received, found))

    assert not wrong


@pytest.mark.django_db
def test_working_days_across_every_holiday_and_make_up_workday_are_counted():
    """Seven and fifteen working days, as the market regulator counts them, on every day of two years."""
    first, second = working_calendar("CN", date(2025, 7, 1)), working_calendar("CN", date(2026, 7, 1))
    wrong = [
        (received, n)
        for received in YEARS
        for n in (7, 15)
        if last_day(
            received, n, "working_days", ends="stays", is_working=first if received.year == 2025 else second
        ).due
        != after_working_days(received, n)
    ]

    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-01-27", "2025-02-11"),  # the day before the Spring Festival
        ("2025-01-20", "2025-02-05"),  # its fifteenth day is the last of the Spring Festival
        ("2025-09-30", "2025-10-15"),  # the day before the National Day
        ("2025-09-23", "2025-10-09"),  # its fifteenth day, 8 October, is the last of the holiday
        ("2025-09-26", "2025-10-11"),  # a Saturday, but one that is worked
        ("2026-02-13", "2026-02-28"),  # a Saturday that is worked for the Spring Festival
        ("2026-02-05", "2026-02-24"),  # 20 February, in the midst of the longest holiday
        ("2026-09-24", "2026-10-09"),  # the day before the Mid-Autumn Festival
        ("2026-09-20", "2026-10-08"),  # 5 October
        ("2026-04-30", "2026-05-15"),
        ("2025-04-19", "2025-05-06"),  # 4 May
    ],
)
def test_a_complaint_received_before_a_chinese_holiday(received, due):
    received, due = date.fromisoformat(received), date.fromisoformat(due)
    rule = ComplaintRule.objects.the_one("decision", "CN", received)

    found = last_day(received, rule.value, rule.unit, ends=rule.ends, is_working=working_calendar("CN", received))

    assert found.due == due
    assert found.due == after_days_off(received + timedelta(days=15))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("law", "line", "step", "value", "unit"),
    [
        ("CN", "fund", "decision", 15, "days"),
        ("CN", "fund", "decision_complex", 30, "days"),
        ("CN", "fund", "extension", 30, "days"),
        ("GB", "insurance", "decision", 56, "days"),
        ("UK", "insurance", "decision", 56, "days"),
        ("GB", "payment", "decision", 15, "working_days"),
        ("UK", "payment", "summary", 3, "working_days"),
        ("DE", "payment", "decision", 15, "working_days"),
        ("DE", "fund", "decision", 15, "days"),
        ("US", "p2p", "decision", 15, "days"),
        ("US", "p2p", "decision_complex", 60, "days"),
        ("", "", "decision", 15, "days"),
        ("SG", "payment", "decision_complex", 30, "days"),
    ],
)
def test_each_jurisdiction_and_line_has_its_own_rule(law, line, step, value, unit):
    rule = ComplaintRule.objects.the_one(step, law, date(2026, 1, 5), line=line)

    assert (rule.value, rule.unit) == (value, unit)


@pytest.mark.django_db
def test_what_no_statute_text_stands_behind_is_flagged_and_nothing_else_grants_longer():
    assert ComplaintRule.objects.the_one("decision", "CN", date(2026, 1, 5)).needs_confirmation
    assert not ComplaintRule.objects.the_one(
        "authority_acceptance", "CN", date(2026, 1, 5), authority="samr"
    ).needs_confirmation
    assert ComplaintRule.objects.the_one("extension", "US", date(2026, 1, 5)) is None
    assert ComplaintRule.objects.the_one("extension", "GB", date(2026, 1, 5)) is None


@pytest.mark.django_db
def test_a_rule_of_an_authority_stands_before_that_of_all():
    day = date(2026, 1, 5)

    assert ComplaintRule.objects.the_one("regulator_reply", "CN", day, authority="pboc").source.startswith("PBoC")
    assert ComplaintRule.objects.the_one("regulator_reply", "CN", day, authority="nfra").source.startswith("CBIRC")
    assert ComplaintRule.objects.the_one("regulator_longest", "CN", day, authority="nfra") is None


@pytest.mark.django_db
def test_before_a_rule_was_in_force_the_older_one_holds():
    assert ComplaintRule.objects.the_one("decision", "CN", date(2019, 6, 1)).source == "Company policy"


def test_leap_days_month_ends_and_zero_are_days_like_others():
    def due(start, value, ends="stays"):
        return last_day(start, value, "days", ends=ends, is_working=lambda day: True).due

    assert due(date(2024, 2, 14), 15) == date(2024, 2, 29)
    assert due(date(2025, 2, 14), 15) == date(2025, 3, 1)
    assert due(date(2025, 12, 31), 0) == date(2025, 12, 31)
    with pytest.raises(ValueError, match="working calendar"):
        last_day(date(2025, 1, 1), 1, "days", ends="next_working", is_working=lambda day: False)
    with pytest.raises(ValueError, match="no way"):
        last_day(date(2025, 1, 1), 1, "days", ends="whenever", is_working=lambda day: True)


# Received, days of the rule, and the day that a person finds by hand in the published calendars: gov.uk for Easter and
# Christmas of 2026, ecb.europa.eu for the closing days of TARGET.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("law", "step", "received", "due"),
    [
        ("GB", "summary", "2026-04-01", "2026-04-08"),  # 2, 7, 8 April: Good Friday and Easter Monday are off
        ("UK", "summary", "2026-12-24", "2026-12-31"),  # 29, 30, 31: Boxing Day is kept on Monday the 28th
        ("GB", "decision", "2026-12-24", "2027-01-19"),  # without the 25th, the 28th and New Year
        ("EU", "decision", "2026-04-01", "2026-04-24"),
        ("DE", "decision", "2026-04-01", "2026-04-24"),
        ("EU", "decision", "2026-04-20", "2026-05-12"),  # 1 May is closed, 4 May (a bank holiday of England) is not
        ("GB", "decision", "2026-04-20", "2026-05-12"),
    ],
)
def test_working_days_of_a_statute_are_those_of_its_own_holidays(law, step, received, due):
    received = date.fromisoformat(received)
    rule = ComplaintRule.objects.the_one(step, law, received, line="payment")

    assert rule.unit == "working_days"
    assert end_of_rule(rule, received, law).due == date.fromisoformat(due)


@pytest.mark.django_db
def test_a_federal_holiday_moves_no_calendar_day_of_the_cfpb():
    rule = ComplaintRule.objects.the_one("decision", "US", date(2026, 11, 11), line="p2p")

    assert end_of_rule(rule, date(2026, 11, 11), "US").due == date(2026, 11, 26)  # Thanksgiving
