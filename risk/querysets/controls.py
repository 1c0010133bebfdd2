from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class ControlQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ControlQuerySet:
        """Controls of the person's business lines, and those of the whole company."""
        if not user.has_perm("risk.view_control"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> ControlQuerySet:
        return self.select_related("line", "owner", "last_test", "last_run")
