from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from customers.querysets.dated import DatedQuerySet, nearest
from customers.rules.jurisdictions import looked_up

if TYPE_CHECKING:
    from customers.models import PrivacyRule


class PrivacyRuleQuerySet(DatedQuerySet["PrivacyRule"]):
    seen_with = "customers.view_privacyrule"

    def the_one(self, code: str, jurisdiction: str, day: date) -> PrivacyRule | None:
        """The rule of that code in force: the jurisdiction's own, else its union's, else everybody's."""
        chain, nearness = nearest(jurisdiction)
        found = self.in_force(day).filter(code=code, jurisdiction__in=chain)
        return found.order_by(nearness, "-valid_from").first()

    def values_of(self, prefix: str, jurisdiction: str, day: date) -> dict[str, int]:
        """The values of all rules in force whose codes begin so, each as `the_one` would find it, in one query."""
        chain = looked_up(jurisdiction)
        found = self.in_force(day).filter(code__startswith=prefix, jurisdiction__in=chain).order_by("valid_from")
        farthest_first = sorted(found, key=lambda rule: -chain.index(rule.jurisdiction))
        return {rule.code: rule.value for rule in farthest_first}
