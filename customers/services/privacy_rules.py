"""Rules of privacy in force, and the deadlines that follow from them."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import CalendarDay, PrivacyRule, RuleCode
from customers.rules.deadlines import IsWorking, span_after, working_day_of
from customers.rules.jurisdictions import calendars_of

AROUND = timedelta(days=400)


def rule_of(code: str, jurisdiction: str, day: date) -> PrivacyRule:
    """Return the rule in force; ValidationError, and a sentence for an administrator, where none is."""
    rule = PrivacyRule.objects.the_one(code, jurisdiction, day)
    if rule is None:
        raise ValidationError(
            _("No privacy rule “%(rule)s” is in force on %(day)s: ask compliance to enter it.")
            % {"rule": RuleCode(code).label, "day": day}
        )
    return rule


def working_calendar(jurisdiction: str, around: date) -> IsWorking:
    """Return the question whether a day is worked, for a year before and after `around`, on the calendar of a
    jurisdiction, else of its union; Monday to Friday where nothing is known."""
    laws = calendars_of(jurisdiction)
    known = CalendarDay.objects.filter(jurisdiction__in=laws, day__range=(around - AROUND, around + AROUND))
    rows = list(known.values_list("jurisdiction", "day", "is_working"))
    law = next((one for one in laws if any(row[0] == one for row in rows)), "")
    return working_day_of({day: is_working for of, day, is_working in rows if of == law})


def end_of_span(rule: PrivacyRule, start: date, *, jurisdiction: str = "") -> date:
    """Return the last day of what `rule` grants from `start` on, on the calendar of `jurisdiction`."""
    calendar = working_calendar(jurisdiction or rule.jurisdiction, start)
    return span_after(start, rule.value, rule.unit, is_working=calendar)
