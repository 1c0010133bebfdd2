from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class ApiTokenQuerySet(models.QuerySet):
    def valid(self, at: datetime) -> ApiTokenQuerySet:
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)

    def visible_to(self, user: User) -> ApiTokenQuerySet:
        return self.filter(owner=user)

    def for_list(self) -> ApiTokenQuerySet:
        return self.order_by("-created_at", "-id")
