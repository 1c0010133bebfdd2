from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from identification.querysets.scoped import of_lines

if TYPE_CHECKING:
    from staff.models import User


class SwiftSessionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SwiftSessionQuerySet:
        return of_lines(self, user, "identification.view_swiftsession")

    def for_list(self) -> SwiftSessionQuerySet:
        """With how many rows each has, and how many of them wait to be judged."""
        waiting = Count("rows", filter=Q(rows__score__isnull=True))
        joined = self.select_related("line", "facilitator", "closed_by")
        return joined.annotate(row_count=Count("rows"), waiting=waiting)
