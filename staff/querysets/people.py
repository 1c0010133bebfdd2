from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class UserQuerySet(models.QuerySet):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def in_role(self, role: str) -> UserQuerySet:
        return self.filter(groups__name=role)

    def visible_to(self, user: User) -> UserQuerySet:
        return self if user.has_perm("staff.view_user") else self.none()

    def for_list(self) -> UserQuerySet:
        return self.prefetch_related("groups", "teams").order_by("full_name", "pk")


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TeamQuerySet:
        return self if user.has_perm("staff.view_team") else self.filter(members=user)

    def for_list(self) -> TeamQuerySet:
        return self.select_related("lead").prefetch_related("members").order_by("name")
