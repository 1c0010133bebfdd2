from __future__ import annotations

from datetime import datetime

from django.db import models


class DeliveryQuerySet(models.QuerySet):
    def due(self, at: datetime) -> DeliveryQuerySet:
        """What waits to be sent, the longest wait first. One that is being sent waits for its lease to end."""
        return self.filter(state="queued", next_at__lte=at).order_by("next_at", "id")
