from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from customers.querysets.dated import DatedQuerySet

if TYPE_CHECKING:
    from staff.models import User


class CoolingOffRuleQuerySet(DatedQuerySet[models.Model]):
    seen_with = "customers.view_suitabilitymatrix"


class CoolingOffQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CoolingOffQuerySet:
        """Those of the customers and the lines that the person sees."""
        from customers.models import Customer

        if not user.has_perm("customers.view_coolingoff"):
            return self.none()
        seen = self
        if user.regions or user.business_lines:
            seen = seen.filter(customer__in=Customer.objects.visible_to(user))
        return seen.filter(product__line__in=user.business_lines) if user.business_lines else seen

    def running(self, day: date) -> CoolingOffQuerySet:
        return self.filter(state="running", ends_on__gte=day)

    def over(self, day: date) -> CoolingOffQuerySet:
        return self.filter(state="running", ends_on__lt=day)

    def for_list(self) -> CoolingOffQuerySet:
        return self.select_related("product", "holding", "loan", "withdrawn_by")
