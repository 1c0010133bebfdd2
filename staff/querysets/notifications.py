from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class NotificationQuerySet(models.QuerySet):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def visible_to(self, user: User) -> NotificationQuerySet:
        return self.filter(user=user)

    def for_list(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-id")
