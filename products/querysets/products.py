from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class ProductQuerySet(models.QuerySet):
    def on_sale(self) -> ProductQuerySet:
        return self.filter(status="on_sale", line__switched_off_on__isnull=True)

    def visible_to(self, user: User) -> ProductQuerySet:
        if not user.has_perm("products.view_product"):
            return self.none()
        return self.filter(line__in=user.business_lines) if user.business_lines else self

    def for_list(self) -> ProductQuerySet:
        return self.select_related("line", "owner", "version")
