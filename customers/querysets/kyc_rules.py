from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from customers.querysets.dated import DatedQuerySet
from customers.rules.jurisdictions import GDPR, UNION, looked_up

if TYPE_CHECKING:
    from customers.models import KycRule


class KycRuleQuerySet(DatedQuerySet["KycRule"]):
    seen_with = "customers.view_kycrule"

    def steps(self, code: str, jurisdiction: str, day: date) -> list[KycRule]:
        """The steps of a rule in force, the lowest first: the jurisdiction's own, else its union's, else everybody's."""
        found = list(self.in_force(day).filter(code=code).order_by("applies_from", "valid_from"))
        for place in looked_up(jurisdiction):
            if steps := {rule.applies_from: rule for rule in found if rule.jurisdiction == place}:
                return [steps[start] for start in sorted(steps)]
        return []

    def the_one(self, code: str, jurisdiction: str, day: date) -> KycRule | None:
        """The only or lowest step of the rule of that code in force."""
        return next(iter(self.steps(code, jurisdiction, day)), None)

    def by_jurisdiction(self, code: str, day: date) -> dict[str, int]:
        """The value of a rule by jurisdiction; those that have none of their own are under the empty one."""
        stated = {rule.jurisdiction: rule.value for rule in self.in_force(day).filter(code=code).order_by("valid_from")}
        members = dict.fromkeys(GDPR, stated[UNION]) if UNION in stated else {}
        return {**members, **stated}
