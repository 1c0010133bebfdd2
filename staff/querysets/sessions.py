from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class UserSessionQuerySet(models.QuerySet):
    def open(self) -> UserSessionQuerySet:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: User) -> UserSessionQuerySet:
        """One's own; whoever changes accounts sees everybody's."""
        return self if user.has_perm("staff.change_user") else self.filter(user=user)

    def for_list(self) -> UserSessionQuerySet:
        return self.order_by("-seen_at", "-id")
