from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

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
        clocks = self.model._meta.get_field("clocks").related_model._default_manager
        return self.filter(Exists(clocks.filter(incident=OuterRef("pk"), met_at__isnull=True, due_at__lt=at)))

    def for_list(self) -> IncidentQuerySet:
        return self.select_related("line", "owner", "risk", "case", "reported_by").annotate(
            next_due=models.Min("clocks__due_at", filter=Q(clocks__met_at__isnull=True))
        )
