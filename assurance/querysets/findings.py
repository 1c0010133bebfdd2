from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class FindingQuerySet(models.QuerySet):
    def open(self) -> FindingQuerySet:
        return self.exclude(state="verified")

    def overdue(self, at: date) -> FindingQuerySet:
        return self.open().filter(due_on__lt=at)

    def visible_to(self, user: User) -> FindingQuerySet:
        """Whoever sees audits sees findings of their lines; others those that they own or whose area they own."""
        from assurance.models import AuditUnit, Engagement

        if not user.has_perm("assurance.view_finding"):
            return self.none()
        if user.has_perm("assurance.view_engagement"):
            return self.filter(engagement__in=Engagement.objects.visible_to(user))
        own = AuditUnit.objects.filter(owners=user)
        return self.filter(Q(owner=user) | Q(engagement__unit__in=own))

    def for_list(self) -> FindingQuerySet:
        return self.select_related("engagement__unit", "owner", "risk")
