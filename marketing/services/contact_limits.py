"""How often and when customers of each jurisdiction may be written to, by the rules in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from customers.rules.jurisdictions import looked_up
from customers.services.suitability_rules import company_day
from marketing.models import ContactCode, ContactRule
from marketing.rules.quiet_hours import is_quiet, next_moment, zones_of


@dataclass(frozen=True)
class Limits:
    """What holds in one jurisdiction; None where no rule sets it."""

    values: dict[str, int]

    def get(self, code: str) -> int | None:
        return self.values.get(code)


class ContactLimits:
    """The limits of a day, for every jurisdiction."""

    def __init__(self, day: date) -> None:
        self.by_place: dict[str, dict[str, int]] = {}
        for rule in ContactRule.objects.in_force(day).order_by("valid_from"):
            self.by_place.setdefault(rule.jurisdiction, {})[rule.code] = rule.value

    def of(self, place: str) -> Limits:
        """What is set for a jurisdiction, else for its union, else for everywhere else."""
        farthest_first = [self.by_place.get(one, {}) for one in reversed(looked_up(place))]
        return Limits({code: value for values in farthest_first for code, value in values.items()})

    def columns(self, places: Iterable[str]) -> dict[str, list]:
        """The parameters of the statements: for each place its caps, its limit of fatigue and its share held out."""
        listed = list(places)
        named = {
            "cap_weeks": ContactCode.CAP_WEEK,
            "cap_months": ContactCode.CAP_MONTH,
            "fatigues": ContactCode.FATIGUE,
            "holdouts": ContactCode.HOLDOUT,
        }
        return {"places": listed, **{key: [self.of(one).get(code) for one in listed] for key, code in named.items()}}

    def may_write(self, place: str, at: datetime) -> bool:
        begins, ends = self._quiet(place)
        return not any(is_quiet(at, zone, begins=begins, ends=ends) for zone in _zones(place))

    def next_moment(self, place: str, at: datetime) -> datetime:
        """The first moment from `at` on that is nobody's night in a jurisdiction."""
        begins, ends = self._quiet(place)
        return next_moment(at, _zones(place), begins=begins, ends=ends)

    def _quiet(self, place: str) -> tuple[int, int]:
        limits = self.of(place)
        return limits.get(ContactCode.QUIET_FROM) or 0, limits.get(ContactCode.QUIET_UNTIL) or 0


def limits_at(at: datetime) -> ContactLimits:
    return ContactLimits(company_day(at))


def _zones(place: str) -> tuple[str, ...]:
    return zones_of(place, settings.TIME_ZONE)
