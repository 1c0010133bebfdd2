from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class JobQuerySet(models.QuerySet):
    def running(self) -> JobQuerySet:
        return self.filter(state="running")

    def failed(self) -> JobQuerySet:
        return self.filter(state="failed")

    def silent_since(self, at: datetime) -> JobQuerySet:
        """Running jobs whose worker has given no sign of life since `at`."""
        return self.running().filter(beat_at__lt=at)

    def visible_to(self, user: User) -> JobQuerySet:
        return self if user.has_perm("staff.view_any_job") else self.filter(owner=user)

    def for_list(self) -> JobQuerySet:
        return self.select_related("owner").order_by("-created_at", "-id")
