from __future__ import annotations

from datetime import date

from django.db import models


class ConflictRuleQuerySet(models.QuerySet):
    def in_force(self) -> ConflictRuleQuerySet:
        return self.filter(is_retired=False)


class DutyExceptionQuerySet(models.QuerySet):
    def in_force(self, at: date) -> DutyExceptionQuerySet:
        """Those that accept a conflict on the day `at`; the last day counts."""
        return self.filter(valid_from__lte=at, valid_until__gte=at)

    def for_list(self) -> DutyExceptionQuerySet:
        return self.select_related("rule", "person", "control", "request__maker")
