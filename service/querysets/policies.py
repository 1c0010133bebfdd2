from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from staff.models import User


class PolicyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PolicyQuerySet:
        return self if user.has_perm("service.view_slapolicy") else self.none()

    def begun(self, day: date) -> PolicyQuerySet:
        """Of each policy the newest version that has begun by `day`, over or not."""
        later = self.model._default_manager.filter(
            code=OuterRef("code"), valid_from__gt=OuterRef("valid_from"), valid_from__lte=day
        )
        return self.filter(~Exists(later), valid_from__lte=day)

    def in_force(self, day: date) -> PolicyQuerySet:
        return self.begun(day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def newest(self) -> PolicyQuerySet:
        """Of each policy the last version, in force or still to come."""
        later = self.model._default_manager.filter(code=OuterRef("code"), valid_from__gt=OuterRef("valid_from"))
        return self.filter(~Exists(later))
