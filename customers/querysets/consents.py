from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ConsentQuerySet:
        """Consents of the customers whom the person sees."""
        from customers.models import Customer

        if not user.has_perm("customers.view_consent"):
            return self.none()
        if user.regions or user.business_lines:
            return self.filter(customer__in=Customer.objects.visible_to(user))
        return self

    def for_list(self) -> ConsentQuerySet:
        return self.select_related("notice", "recorded_by").prefetch_related(
            models.Prefetch("customer", self._customers().only("reference"))
        )

    @staticmethod
    def _customers() -> models.QuerySet:
        from customers.models import Customer

        return Customer.objects.all()

    def standing(self, at: datetime) -> ConsentQuerySet:
        """The newest word at `at` of each customer, purpose and channel, whether it is yes or no."""
        return (
            self.filter(at__lte=at)
            .order_by("customer", "purpose", "channel", "-at", "-id")
            .distinct("customer", "purpose", "channel")
        )
