from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from customers.querysets.dated import DatedQuerySet, nearest

if TYPE_CHECKING:
    from customers.models import SuitabilityMatrix, SuitabilityRule
    from staff.models import User


class SuitabilityRuleQuerySet(DatedQuerySet["SuitabilityRule"]):
    seen_with = "customers.view_suitabilitymatrix"

    def the_one(self, code: str, jurisdiction: str, day: date) -> SuitabilityRule | None:
        """The rule of that code in force: the jurisdiction's own, else its union's, else everybody's."""
        chain, nearness = nearest(jurisdiction)
        found = self.in_force(day).filter(code=code, jurisdiction__in=chain)
        return found.order_by(nearness, "-valid_from").first()


class SuitabilityMatrixQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SuitabilityMatrixQuerySet:
        return self if user.has_perm("customers.view_suitabilitymatrix") else self.none()

    def in_force(self, day: date) -> SuitabilityMatrixQuerySet:
        """The matrix of each jurisdiction that began last, by `day`."""
        return self.filter(valid_from__lte=day).order_by("jurisdiction", "-valid_from").distinct("jurisdiction")

    def the_one(self, jurisdiction: str, day: date) -> SuitabilityMatrix | None:
        """The matrix in force: the jurisdiction's own, else its union's, else everybody's."""
        chain, nearness = nearest(jurisdiction)
        found: SuitabilityMatrixQuerySet = self.filter(valid_from__lte=day, jurisdiction__in=chain)
        return found.order_by(nearness, "-valid_from").first()


class SuitabilityResultQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SuitabilityResultQuerySet:
        """Results of the customers whom the person sees."""
        from customers.models import Customer

        if not user.has_perm("customers.view_suitabilityresult"):
            return self.none()
        if user.regions or user.business_lines:
            return self.filter(customer__in=Customer.objects.visible_to(user))
        return self

    def counting(self, at: datetime) -> SuitabilityResultQuerySet:
        """Those decided by `at` that count: nobody waits to look at them, and nobody has rejected them."""
        return self.filter(decided_at__lte=at).exclude(review__in=["waiting", "rejected"])

    def standing(self, at: datetime) -> SuitabilityResultQuerySet:
        """The newest of each customer that counts at `at`, expired or not; after a merge the one that it carried over."""
        from customers.models import CarriedAssessment

        carried = CarriedAssessment.objects.in_force(at)
        newer = self.counting(at).filter(customer=OuterRef("customer"), decided_at__gt=OuterRef("at"))
        brought = carried.filter(~Exists(newer)).order_by("customer", "-at", "-id").distinct("customer")
        older = carried.filter(customer=OuterRef("customer"), at__gte=OuterRef("decided_at"))
        own = self.counting(at).filter(~Exists(older), customer__merged_into=None)
        newest = own.order_by("customer", "-decided_at", "-id").distinct("customer")
        return self.filter(Q(pk__in=newest.values("pk")) | Q(pk__in=brought.values("result")))

    def for_list(self) -> SuitabilityResultQuerySet:
        return self.select_related("customer", "reviewed_by").defer("customer__search")


class CarriedAssessmentQuerySet(models.QuerySet):
    def in_force(self, at: datetime) -> CarriedAssessmentQuerySet:
        """Those of merges that stood at `at`, for numbers that do not lead elsewhere."""
        standing = Q(merge__undone_at=None) | Q(merge__undone_at__gt=at)
        return self.filter(standing, at__lte=at, customer__merged_into=None)
