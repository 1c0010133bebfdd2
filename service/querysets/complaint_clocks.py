from __future__ import annotations

from datetime import date

from django.db import models


class ComplaintClockQuerySet(models.QuerySet):
    def running(self) -> ComplaintClockQuerySet:
        return self.filter(ended_on__isnull=True)

    def due_until(self, day: date) -> ComplaintClockQuerySet:
        return self.running().filter(due_on__lte=day)
