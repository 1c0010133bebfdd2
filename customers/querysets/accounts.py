from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class OfCustomerQuerySet(models.QuerySet):
    """Rows that belong to a customer: whoever sees the customer sees them."""

    def visible_to(self, user: User):
        if not user.has_perm("customers.view_customer"):
            return self.none()
        seen = self
        if user.regions:
            seen = seen.filter(customer__region__in=user.regions)
        if user.business_lines:
            seen = seen.filter(product__line__in=user.business_lines)
        return seen


class AccountQuerySet(OfCustomerQuerySet):
    def for_list(self) -> AccountQuerySet:
        return self.select_related("product", "product__line", "product_version").order_by("-opened_on", "-id")


class HoldingQuerySet(OfCustomerQuerySet):
    def for_list(self) -> HoldingQuerySet:
        return self.select_related("product", "product__line", "product_version").order_by("-opened_on", "-id")
