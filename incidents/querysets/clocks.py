from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import Q


class NoticeRuleQuerySet(models.QuerySet):
    def in_force(self, on: date) -> NoticeRuleQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)

    def for_incident(self, *, kind: str, jurisdictions: Collection[str], on: date) -> NoticeRuleQuerySet:
        """What is owed for an incident of a kind in these jurisdictions: one rule of each sort, the newest in force."""
        found = self.in_force(on).filter(kind__in=["", kind], jurisdiction__in=["", *jurisdictions])
        newest = found.order_by("kind", "jurisdiction", "told", "-valid_from").distinct("kind", "jurisdiction", "told")
        return self.filter(pk__in=newest.values("pk"))
