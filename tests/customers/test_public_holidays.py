"""Holidays that follow from rules, held against what the authorities publish and against another program."""

from datetime import date, timedelta

import holidays
import pytest
from dateutil.easter import easter

from customers.models import CalendarDay
from customers.rules.public_holidays import easter_sunday, federal_holidays, holidays_of_england
from customers.services.privacy_rules import working_calendar
from tests.factories import UserFactory

# As printed: gov.uk/bank-holidays (England and Wales), opm.gov (federal holidays), ecb.europa.eu (TARGET calendar).
PUBLISHED = {
    ("GB", 2025): "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    ("GB", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    ("GB", 2027): "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    ("US", 2025): "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    ("US", 2026): "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    ("US", 2027): "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    ("EU", 2025): "01-01 04-18 04-21 05-01 12-25 12-26",
    ("EU", 2026): "01-01 04-03 04-06 05-01 12-25",
    ("EU", 2027): "01-01 03-26 03-29",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("law", "year"), PUBLISHED)
def test_the_days_entered_are_those_that_the_authority_publishes(law, year):
    kept = CalendarDay.objects.filter(jurisdiction=law, day__year=year, is_working=False).order_by("day")

    assert " ".join(f"{day:%m-%d}" for day in kept.values_list("day", flat=True)) == PUBLISHED[law, year]


def another_source(law, year):
    if law == "EU":
        return holidays.financial_holidays("ECB", years=year)
    return holidays.country_holidays(law, subdiv="ENG" if law == "GB" else None, years=year)


@pytest.mark.django_db
@pytest.mark.parametrize("law", ["EU", "GB", "US"])
@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2028])
def test_every_day_of_five_years_agrees_with_another_program(law, year):
    off, is_working = another_source(law, year), working_calendar(law, date(year, 7, 1))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0))]

    assert [day for day in days if is_working(day) != (day.weekday() < 5 and day not in off)] == []


def test_easter_of_three_centuries():
    assert [year for year in range(1900, 2200) if easter_sunday(year) != easter(year)] == []


def test_christmas_on_a_weekend_takes_the_next_two_weekdays():
    def christmas(year):
        return [f"{day:%a %d} {name}" for day, name in holidays_of_england(year) if day.month == 12]

    assert christmas(2021) == ["Mon 27 Christmas Day", "Tue 28 Boxing Day"]  # Saturday and Sunday
    assert christmas(2022) == ["Mon 26 Boxing Day", "Tue 27 Christmas Day"]  # Sunday and Monday
    assert christmas(2026) == ["Fri 25 Christmas Day", "Mon 28 Boxing Day"]  # Friday and Saturday


def test_a_federal_new_year_on_a_saturday_is_kept_in_the_year_before():
    assert (date(2027, 12, 31), "New Year’s Day") in federal_holidays(2027)
    assert not any(day.month == 1 and day.day < 5 for day, _name in federal_holidays(2028))


@pytest.mark.django_db
def test_the_page_says_until_when_each_calendar_is_known(client):
    client.force_login(UserFactory(role="compliance"))

    page = client.get("/customers/privacy/rules/").content.decode()

    assert "CN 2026-10-10" in page
    assert "US 2028-12-25" in page


@pytest.mark.django_db
def test_who_has_no_calendar_of_their_own_goes_by_their_unions():
    good_friday = date(2026, 4, 3)

    assert [working_calendar(law, good_friday)(good_friday) for law in ("UK", "GB", "DE", "EU", "US", "SG")] == [
        False, False, False, False, True, True,
    ]  # fmt: skip
