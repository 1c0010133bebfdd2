from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class JobQuerySet(models.QuerySet):
    def queued(self) -> JobQuerySet:
        return self.filter(state="queued")

    def running(self) -> JobQuerySet:
        return self.filter(state="running")

    def failed(self) -> JobQuerySet:
        return self.filter(state="failed")

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=["queued", "running"])

    def going(self, kind: str) -> JobQuerySet:
        """Unfinished jobs of a kind, the oldest first."""
        return self.unfinished().filter(kind=kind).select_related("owner").order_by("pk")

    def silent_since(self, at: datetime) -> JobQuerySet:
        """Running jobs whose worker has given no sign of life since `at`."""
        return self.running().filter(beat_at__lt=at)

    def forgotten_since(self, at: datetime) -> JobQuerySet:
        """Queued jobs that were last sent to the workers before `at`; their message may be lost."""
        return self.queued().filter(Q(beat_at__lt=at) | Q(beat_at__isnull=True, created_at__lt=at))

    def with_result_older_than(self, at: datetime) -> JobQuerySet:
        return self.exclude(result="").filter(ended_at__lt=at)

    def visible_to(self, user: User) -> JobQuerySet:
        if not user.has_perm("staff.view_job"):
            return self.none()
        return self if user.has_perm("staff.view_any_job") else self.filter(owner=user)

    def for_list(self) -> JobQuerySet:
        return self.select_related("owner").order_by("-created_at", "-id")
