from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from staff.models import User


class BusinessLineQuerySet(models.QuerySet):
    def on(self) -> BusinessLineQuerySet:
        return self.filter(switched_off_on__isnull=True)

    def visible_to(self, user: User) -> BusinessLineQuerySet:
        return self.filter(code__in=user.business_lines) if user.business_lines else self

    def annotate_products(self) -> BusinessLineQuerySet:
        """Add how many products a line has (n_products) and how many of them are on sale (n_on_sale)."""
        return self.annotate(
            n_products=Count("products"), n_on_sale=Count("products", filter=Q(products__status="on_sale"))
        ).order_by("position")
