from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from staff.models import User


class CouponQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CouponQuerySet:
        """Coupons of offers that the person sees."""
        if not user.has_perm("marketing.view_coupon"):
            return self.none()
        offers = apps.get_model("marketing", "Offer").objects.visible_to(user)
        return self.filter(version__offer__in=offers)

    def for_list(self) -> CouponQuerySet:
        used = apps.get_model("marketing", "CouponUse").objects.filter(coupon=OuterRef("pk")).values("uses")
        return self.select_related("version__offer", "customer", "batch").annotate(
            times_used=Coalesce(Subquery(used), 0)
        )

    def unused(self) -> CouponQuerySet:
        return self.for_list().filter(times_used__lt=F("uses"))
