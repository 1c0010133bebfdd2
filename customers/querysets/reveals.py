from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class RevealQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RevealQuerySet:
        """All for those who watch over reveals; for others, their own."""
        return self if user.has_perm("customers.view_reveal") else self.filter(by=user)

    def for_list(self) -> RevealQuerySet:
        return self.select_related("by").prefetch_related(
            models.Prefetch("customer", self._customers().only("reference"))
        )

    @staticmethod
    def _customers() -> models.QuerySet:
        from customers.models import Customer

        return Customer.objects.all()

    def by_person(self, user: User) -> RevealQuerySet:
        return self.filter(by=user)

    def within(self, span: timedelta, *, at: datetime) -> RevealQuerySet:
        return self.filter(at__gt=at - span)

    def open(self, at: datetime) -> RevealQuerySet:
        return self.filter(expires_at__gt=at)
