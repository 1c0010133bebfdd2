from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class LineAssignmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> LineAssignmentQuerySet:
        """Who belongs to which line is the whole company's."""
        return self if user.has_perm("governance.view_lineassignment") else self.none()

    def in_force(self, at: date) -> LineAssignmentQuerySet:
        begun = self.filter(from_on__lte=at)
        return begun.order_by("department_id", "-from_on").distinct("department_id")

    def for_list(self) -> LineAssignmentQuerySet:
        return self.select_related("department__team")
