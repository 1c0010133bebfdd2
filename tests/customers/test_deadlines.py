"""Deadlines on the working calendar, held against another source of holidays, and by the rules of each jurisdiction."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from customers.models import CalendarDay, PrivacyRule
from customers.rules.deadlines import (
    add_working_days,
    is_weekday,
    span_after,
    tone_of_deadline,
    working_day_of,
    working_days_between,
)
from customers.rules.jurisdictions import looked_up
from customers.services.privacy_rules import end_of_span, rule_of, working_calendar
from tests.factories.staff import past_the_guards


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_chinese_calendar_agrees_with_another_source_on_every_day(year):
    days = [
        date(year, 1, 1) + timedelta(days=n) for n in range(366) if (date(year, 1, 1) + timedelta(days=n)).year == year
    ]
    is_working = working_calendar("CN", date(year, 7, 1))

    assert [day for day in days if is_working(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.django_db
def test_only_departures_from_monday_to_friday_are_kept():
    kept = CalendarDay.objects.values_list("day", "is_working")

    assert [day for day, works in kept if works == is_weekday(day)] == []


@pytest.mark.django_db
def test_a_place_without_a_calendar_works_monday_to_friday():
    assert working_calendar("SG", date(2025, 10, 1))(date(2025, 10, 1))


@pytest.mark.django_db
def test_working_days_skip_golden_week_and_count_make_up_sundays():
    is_working = working_calendar("CN", date(2025, 9, 26))

    # Sunday 28 September is worked, 1 to 8 October is not, Saturday 11 October is worked.
    assert add_working_days(date(2025, 9, 26), 3, is_working=is_working) == date(2025, 9, 30)
    assert add_working_days(date(2025, 9, 26), 6, is_working=is_working) == date(2025, 10, 11)
    assert working_days_between(date(2025, 9, 26), date(2025, 10, 11), is_working=is_working) == 6


def test_spans_end_on_the_same_day_of_the_month_or_its_last():
    assert span_after(date(2024, 1, 31), 1, "months") == date(2024, 2, 29)
    assert span_after(date(2024, 2, 29), 10, "years") == date(2034, 2, 28)
    assert span_after(date(2024, 1, 1), 30, "days") == date(2024, 1, 31)
    with pytest.raises(ValueError, match="no unit"):
        span_after(date(2024, 1, 1), 3, "seconds")


def test_a_calendar_in_which_nobody_works_is_refused():
    with pytest.raises(ValueError, match="working calendar"):
        add_working_days(date(2024, 1, 1), 1, is_working=lambda day: False)


def test_a_deadline_turns_amber_in_its_last_working_days_and_red_after_it():
    calendar = working_day_of({})
    friday = date(2026, 3, 6)

    assert tone_of_deadline(friday, date(2026, 3, 13), is_working=calendar) == "amber"
    assert tone_of_deadline(friday, date(2026, 3, 16), is_working=calendar) == "neutral"
    assert tone_of_deadline(friday, date(2026, 3, 5), is_working=calendar) == "red"
    assert tone_of_deadline(friday, friday, is_working=calendar) == "amber"


def test_a_member_state_asks_its_union_before_the_rest_of_the_world():
    assert looked_up("de") == ["DE", "EU", ""]
    assert looked_up("CN") == ["CN", ""]
    assert looked_up("") == [""]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "law", "day", "value", "unit"),
    [
        ("retention_identity", "CN", date(2024, 12, 31), 5, "years"),
        ("retention_identity", "CN", date(2025, 1, 1), 10, "years"),
        ("retention_transactions", "CN", date(2025, 1, 1), 10, "years"),
        ("retention_identity", "FR", date(2025, 1, 1), 5, "years"),
        ("retention_identity", "SG", date(2025, 1, 1), 5, "years"),
        ("retention_fund_register", "CN", date(2025, 1, 1), 20, "years"),
        ("request_deadline", "CN", date(2025, 1, 1), 30, "days"),
        ("request_deadline", "DE", date(2025, 1, 1), 1, "months"),
        ("request_extension", "DE", date(2025, 1, 1), 2, "months"),
        ("closure_deadline", "CN", date(2025, 1, 1), 15, "working_days"),
    ],
)
def test_rules_are_those_of_the_place_and_the_day(code, law, day, value, unit):
    rule = rule_of(code, law, day)

    assert (rule.value, rule.unit) == (value, unit)


@pytest.mark.django_db
def test_a_rule_entered_for_later_counts_from_its_day():
    with past_the_guards():
        PrivacyRule.objects.create(
            code="retention_identity", jurisdiction="CN", value=12, unit="years", valid_from=date(2030, 1, 1)
        )

    assert rule_of("retention_identity", "CN", date(2029, 12, 31)).value == 10
    assert rule_of("retention_identity", "CN", date(2030, 1, 1)).value == 12


@pytest.mark.django_db
def test_account_closure_counts_on_the_calendar_of_the_customer():
    rule = rule_of("closure_deadline", "CN", date(2025, 9, 26))

    assert end_of_span(rule, date(2025, 9, 26), jurisdiction="CN") == date(2025, 10, 23)
