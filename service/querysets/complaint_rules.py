from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from customers.rules.jurisdictions import looked_up

if TYPE_CHECKING:
    from service.models import ComplaintRule
    from staff.models import User

M = TypeVar("M", bound=models.Model)
SAME = {"UK": "GB"}  # the country's own code, and the one that products are tagged with


class DatedQuerySet(models.QuerySet[M]):
    def in_force(self, day: date) -> DatedQuerySet[M]:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def visible_to(self, user: User) -> DatedQuerySet[M]:
        return self if user.has_perm("service.view_complaint") else self.none()


class ComplaintRuleQuerySet(DatedQuerySet["ComplaintRule"]):
    def the_one(
        self, step: str, jurisdiction: str, day: date, *, line: str = "", authority: str = ""
    ) -> ComplaintRule | None:
        """The rule in force: the jurisdiction's own before its union's before everybody's; there, the line's and the
        authority's own before that of all."""
        law = jurisdiction.strip().upper()
        chain = looked_up(SAME.get(law, law))
        nearness = Case(
            *(When(jurisdiction=one, then=Value(place)) for place, one in enumerate(chain)), output_field=IntegerField()
        )
        found = self.in_force(day).filter(
            step=step, jurisdiction__in=chain, line__in=["", line], authority__in=["", authority]
        )
        return found.order_by(nearness, "-line", "-authority", "-valid_from").first()
