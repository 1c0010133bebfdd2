from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class ChangePolicyQuerySet(models.QuerySet):
    def in_force(self, at: datetime) -> ChangePolicyQuerySet:
        """For each command the row that holds at `at`, in the order of commands."""
        return self.filter(starts_at__lte=at).order_by("command", "-starts_at").distinct("command")

    def visible_to(self, user: User) -> ChangePolicyQuerySet:
        return self if user.has_perm("staff.view_changepolicy") else self.none()


class DelegationQuerySet(models.QuerySet):
    def in_force(self, at: datetime) -> DelegationQuerySet:
        """Delegations that hold at `at` and whose giver still works here."""
        return self.filter(
            starts_at__lte=at, ends_at__gt=at, revoked_at__isnull=True, giver__is_active=True
        ).select_related("giver")

    def visible_to(self, user: User) -> DelegationQuerySet:
        if user.has_perm("staff.view_any_changerequest"):
            return self
        return self.filter(Q(giver=user) | Q(taker=user))

    def for_list(self) -> DelegationQuerySet:
        return self.select_related("giver", "taker").order_by("-id")
