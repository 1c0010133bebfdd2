from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class IncidentQuerySet(models.QuerySet):
    def open(self) -> IncidentQuerySet:
        return self.filter(closed_at__isnull=True)

    def visible_to(self, user: User) -> IncidentQuerySet:
        """Incidents of the person's business lines, and those of the whole company."""
        if not user.has_perm("incidents.view_incident"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def late(self, at: datetime) -> IncidentQuerySet:
        """Incidents with a notice that was due before `at` and is not given."""
        return self.filter(clocks__met_at__isnull=True, clocks__due_at__lt=at).distinct()

    def for_list(self) -> IncidentQuerySet:
        return self.select_related("line", "owner", "risk", "case", "reported_by").annotate(
            next_due=models.Min("clocks__due_at", filter=Q(clocks__met_at__isnull=True))
        )
