from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PlanQuerySet:
        """Plans of the person's business lines, and those of the whole company."""
        if not user.has_perm("incidents.view_plan"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def in_force(self) -> PlanQuerySet:
        return self.filter(version__isnull=False)

    def for_list(self) -> PlanQuerySet:
        return self.select_related("line", "owner", "version", "indicator")
