from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Max, Q

if TYPE_CHECKING:
    from staff.models import User


class UnitQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> UnitQuerySet:
        """Areas of the person's business lines, and those of the whole company."""
        if not user.has_perm("assurance.view_auditunit"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> UnitQuerySet:
        """With when each was last audited, and the gravest residual score of its open risks."""
        audited = Max("engagements__closed_at")
        gravest = Max("risks__residual__score", filter=Q(risks__status="open"))
        return self.select_related("line").prefetch_related("owners").annotate(audited_at=audited, gravest=gravest)


class EngagementQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> EngagementQuerySet:
        from assurance.models import AuditUnit

        if not user.has_perm("assurance.view_engagement"):
            return self.none()
        return self.filter(unit__in=AuditUnit.objects.visible_to(user))

    def open(self) -> EngagementQuerySet:
        return self.exclude(state="closed")

    def for_list(self) -> EngagementQuerySet:
        return self.select_related("unit__line", "lead")
