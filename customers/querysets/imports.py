from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

if TYPE_CHECKING:
    from staff.models import User


class ImportRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ImportRunQuerySet:
        return self if user.has_perm("customers.view_importrun") else self.none()

    def for_list(self) -> ImportRunQuerySet:
        """With what became of the rows of all its files."""
        sums = {name: Sum(f"files__rows_{name}", default=0) for name in ("read", "new", "changed", "known", "rejected")}
        return self.select_related("source", "asked_by", "job").annotate(**sums)
