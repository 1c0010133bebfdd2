from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from customers.rules.jurisdictions import looked_up

if TYPE_CHECKING:
    from customers.models import PrivacyRule
    from staff.models import User


class PrivacyRuleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PrivacyRuleQuerySet:
        return self if user.has_perm("customers.view_privacyrule") else self.none()

    def in_force(self, day: date) -> PrivacyRuleQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def the_one(self, code: str, jurisdiction: str, day: date) -> PrivacyRule | None:
        """The rule of that code in force: the jurisdiction's own, else its union's, else everybody's."""
        chain = looked_up(jurisdiction)
        nearness = Case(
            *(When(jurisdiction=one, then=Value(place)) for place, one in enumerate(chain)), output_field=IntegerField()
        )
        found = self.in_force(day).filter(code=code, jurisdiction__in=chain)
        return found.order_by(nearness, "-valid_from").first()

    def values_of(self, prefix: str, jurisdiction: str, day: date) -> dict[str, int]:
        """The values of all rules in force whose codes begin so, each as `the_one` would find it, in one query."""
        chain = looked_up(jurisdiction)
        found = self.in_force(day).filter(code__startswith=prefix, jurisdiction__in=chain).order_by("valid_from")
        farthest_first = sorted(found, key=lambda rule: -chain.index(rule.jurisdiction))
        return {rule.code: rule.value for rule in farthest_first}
