from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class NotificationQuerySet(models.QuerySet):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def to_email(self, since: datetime) -> NotificationQuerySet:
        """Those that their people want by e-mail and nobody has sent; what is older than `since` is news no more."""
        return self.filter(by_email=True, emailed_at__isnull=True, created_at__gte=since)

    def visible_to(self, user: User) -> NotificationQuerySet:
        return self.filter(user=user)

    def for_list(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-id")
