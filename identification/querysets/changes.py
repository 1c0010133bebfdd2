from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from staff.models import User


class ChangeQuerySet(models.QuerySet):
    def open(self) -> ChangeQuerySet:
        return self.exclude(state__in=["done", "not_ours"])

    def overdue(self, at: date) -> ChangeQuerySet:
        return self.open().filter(due_on__lt=at)

    def visible_to(self, user: User) -> ChangeQuerySet:
        """Changes that concern one of the person's business lines, or no line by name: the whole company."""
        from identification.models import RegulatoryChange  # its module imports this one

        if not user.has_perm("identification.view_regulatorychange"):
            return self.none()
        if user.business_lines:
            named = RegulatoryChange.lines.through.objects.filter(regulatorychange=OuterRef("pk"))
            return self.filter(~Exists(named) | Exists(named.filter(businessline__in=user.business_lines)))
        return self

    def for_list(self) -> ChangeQuerySet:
        return self.select_related("owner").prefetch_related("lines")
