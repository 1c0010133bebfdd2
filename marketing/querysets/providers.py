from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class ProviderQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ProviderQuerySet:
        return self if user.has_perm("marketing.view_provider") else self.none()

    def active(self) -> ProviderQuerySet:
        return self.filter(is_active=True)

    def for_list(self) -> ProviderQuerySet:
        return self.select_related("pace")
