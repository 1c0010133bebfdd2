from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class BusinessLineQuerySet(models.QuerySet):
    def on(self) -> BusinessLineQuerySet:
        return self.filter(switched_off_on__isnull=True)

    def visible_to(self, user: User) -> BusinessLineQuerySet:
        return self.filter(code__in=user.business_lines) if user.business_lines else self
