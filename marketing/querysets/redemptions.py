from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class RedemptionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RedemptionQuerySet:
        """Redemptions of offers that the person sees."""
        if not user.has_perm("marketing.view_redemption"):
            return self.none()
        offers = apps.get_model("marketing", "Offer").objects.visible_to(user)
        return self.filter(offer__in=offers)

    def redeemable_by(self, user: User) -> RedemptionQuerySet:
        """Redemptions of the lines that the platform's account works for; it may act on them without reading lists."""
        if not user.has_perm("marketing.redeem_offer"):
            return self.none()
        if user.business_lines:
            return self.filter(models.Q(offer__line__in=user.business_lines) | models.Q(offer__line__isnull=True))
        return self

    def for_list(self) -> RedemptionQuerySet:
        return self.select_related("offer", "version", "coupon", "customer", "now", "abuse")

    def held(self) -> RedemptionQuerySet:
        return self.filter(now__state="held")

    def standing(self) -> RedemptionQuerySet:
        """Those that count: neither released nor reversed."""
        return self.exclude(now__state__in=["released", "reversed"])

    def overdue(self, at: datetime) -> RedemptionQuerySet:
        """Reservations that have ended."""
        return self.filter(now__state="reserved", now__due_at__lte=at)
