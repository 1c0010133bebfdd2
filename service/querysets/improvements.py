from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class ImprovementQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ImprovementQuerySet:
        """What is done about products is no customer's secret: whoever sees complaints sees all of them."""
        return self if user.has_perm("service.view_improvement") else self.none()

    def for_list(self) -> ImprovementQuerySet:
        return self.select_related("version__product", "step", "owner")
