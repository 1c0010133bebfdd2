from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from identification.querysets.scoped import of_lines

if TYPE_CHECKING:
    from staff.models import User


class EmergingRiskQuerySet(models.QuerySet):
    def watched(self) -> EmergingRiskQuerySet:
        return self.filter(state="watched")

    def overdue(self, at: date) -> EmergingRiskQuerySet:
        """Watched ones whose next look was due before `at`."""
        return self.watched().filter(next_look_on__lt=at)

    def watched_at(self, at: datetime) -> EmergingRiskQuerySet:
        """What was recorded by then and still watched."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), recorded_at__lte=at)

    def visible_to(self, user: User) -> EmergingRiskQuerySet:
        return of_lines(self, user, "identification.view_emergingrisk")

    def for_list(self) -> EmergingRiskQuerySet:
        return self.select_related("latest", "owner", "line", "risk")


class EmergingReadingQuerySet(models.QuerySet):
    def last_of_each(self, at: datetime) -> EmergingReadingQuerySet:
        """The last look at each emerging risk by then."""
        return self.filter(at__lte=at).order_by("emerging", "-at", "-id").distinct("emerging")
