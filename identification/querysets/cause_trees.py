from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from identification.querysets.scoped import of_lines

if TYPE_CHECKING:
    from staff.models import User


class CauseTreeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CauseTreeQuerySet:
        return of_lines(self, user, "identification.view_causetree")

    def for_list(self) -> CauseTreeQuerySet:
        """With how many causes each names, and how many of them are root causes."""
        roots = Count("nodes", filter=Q(nodes__kind="root"))
        return self.select_related("line", "risk", "begun_by").annotate(node_count=Count("nodes"), roots=roots)
