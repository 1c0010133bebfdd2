from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, OuterRef, Subquery

if TYPE_CHECKING:
    from staff.models import User


class ProductQuerySet(models.QuerySet):
    def on_sale(self) -> ProductQuerySet:
        return self.filter(status="on_sale", line__switched_off_on__isnull=True)

    def visible_to(self, user: User) -> ProductQuerySet:
        if not user.has_perm("products.view_product"):
            return self.none()
        return self.filter(line__in=user.business_lines) if user.business_lines else self

    def with_figures(self) -> ProductQuerySet:
        """Add holders, balance and net_flow of the last business day that a nightly run has seen."""
        from products.models import ProductDay

        days = ProductDay.objects.filter(product=OuterRef("pk")).order_by("-day")
        return self.annotate(
            holders=Subquery(days.values("holders")[:1]),
            balance=Subquery(days.values("balance")[:1]),
            net_flow=Subquery(days.annotate(net=F("inflow") - F("outflow")).values("net")[:1]),
        )

    def for_list(self) -> ProductQuerySet:
        return self.select_related("line", "owner", "version").with_figures()
