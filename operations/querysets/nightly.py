from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class NightlyRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> NightlyRunQuerySet:
        return self if user.has_perm("operations.view_nightlyrun") else self.none()

    def of(self, business_date: date) -> NightlyRunQuerySet:
        return self.filter(business_date=business_date)

    def running(self) -> NightlyRunQuerySet:
        return self.filter(state="running")

    def for_list(self) -> NightlyRunQuerySet:
        return self.select_related("asked_by").prefetch_related("steps").order_by("-started_at", "-id")
