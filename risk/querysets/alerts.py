from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class AlertQuerySet(models.QuerySet):
    def open(self) -> AlertQuerySet:
        return self.filter(closed_at__isnull=True)

    def opened_before(self, at: datetime) -> AlertQuerySet:
        return self.filter(opened_at__lt=at)

    def visible_to(self, user: User) -> AlertQuerySet:
        if not user.has_perm("risk.view_alert"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(indicator__line__in=user.business_lines) | Q(indicator__line__isnull=True))
        return self

    def for_list(self) -> AlertQuerySet:
        return self.select_related("indicator", "indicator__latest", "owner", "reading").order_by("-opened_at", "-id")
