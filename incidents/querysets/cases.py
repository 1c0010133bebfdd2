from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class CaseQuerySet(models.QuerySet):
    def open(self) -> CaseQuerySet:
        return self.exclude(state="closed")

    def visible_to(self, user: User) -> CaseQuerySet:
        """Cases of the person's business lines, and those of the whole company."""
        if not user.has_perm("incidents.view_case"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> CaseQuerySet:
        return self.select_related("line", "owner", "risk", "alert__indicator")
