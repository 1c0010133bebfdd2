from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class SignOffQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SignOffQuerySet:
        from marketing.models import Campaign

        return self.filter(campaign__in=Campaign.objects.visible_to(user))

    def waiting(self) -> SignOffQuerySet:
        return self.filter(state="waiting")

    def for_list(self) -> SignOffQuerySet:
        return self.select_related("campaign", "asked_by", "decided_by").defer("body").order_by("-asked_at", "-id")
