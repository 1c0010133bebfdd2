from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class IndicatorQuerySet(models.QuerySet):
    def active(self) -> IndicatorQuerySet:
        return self.filter(is_active=True)

    def measured(self) -> IndicatorQuerySet:
        return self.active().filter(source="measure")

    def visible_to(self, user: User) -> IndicatorQuerySet:
        if not user.has_perm("risk.view_indicator"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> IndicatorQuerySet:
        return self.select_related("line", "owner", "latest")
