from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class CrisisQuerySet(models.QuerySet):
    def open(self) -> CrisisQuerySet:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: User) -> CrisisQuerySet:
        """A crisis is everybody's: who may see crises sees each."""
        return self if user.has_perm("incidents.view_crisis") else self.none()

    def for_list(self) -> CrisisQuerySet:
        return self.select_related("declared_by", "ended_by", "incident")
