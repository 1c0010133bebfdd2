from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User

ENDED = ("resolved", "closed")


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TicketQuerySet:
        """Tickets in the person's regions and business lines. One that names neither is everybody's until it does."""
        if not user.has_perm("service.view_ticket"):
            return self.none()
        seen = self
        if user.regions:
            seen = seen.filter(region__in=["", *user.regions])
        if user.business_lines:
            seen = seen.filter(line__in=["", *user.business_lines])
        return seen

    def open(self) -> TicketQuerySet:
        """Tickets that somebody still has to do something for; worded as the partial indexes are."""
        return self.filter(closed_at__isnull=True, resolved_at__isnull=True)

    def unassigned(self) -> TicketQuerySet:
        return self.filter(assignee__isnull=True)

    def of(self, user: User) -> TicketQuerySet:
        return self.filter(assignee=user)

    def overdue(self, at: datetime) -> TicketQuerySet:
        return self.open().filter(due_at__lt=at)

    def unmerged(self) -> TicketQuerySet:
        return self.filter(Q(merged_into__isnull=True))

    def for_list(self) -> TicketQuerySet:
        return self.select_related("customer", "queue", "assignee", "product").defer("search", "customer__search")
