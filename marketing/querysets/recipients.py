from __future__ import annotations

from datetime import datetime

from django.db import models


class CampaignDeliveryQuerySet(models.QuerySet):
    def open(self) -> CampaignDeliveryQuerySet:
        """What may still go out, or is on its way."""
        return self.filter(state__in=["queued", "claimed", "sending"])

    def overdue_leases(self, at: datetime) -> CampaignDeliveryQuerySet:
        return self.filter(state__in=["claimed", "sending"], lease_until__lt=at)

    def unknown(self) -> CampaignDeliveryQuerySet:
        return self.filter(state="unknown")
