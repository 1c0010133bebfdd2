from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CampaignQuerySet:
        """Campaigns of the person's business lines, and those of the whole company."""
        if not user.has_perm("marketing.view_campaign"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def under_way(self) -> CampaignQuerySet:
        return self.filter(state__in=["approved", "scheduled", "running", "paused"])

    def for_list(self) -> CampaignQuerySet:
        return self.select_related(
            "owner", "segment", "provider", "product", "line", "offer__version", "sign_off"
        ).order_by("-created_at", "-id")
