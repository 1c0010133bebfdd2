from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class TreatmentQuerySet(models.QuerySet):
    def running(self) -> TreatmentQuerySet:
        return self.filter(state="running")

    def acceptances_over(self, at: date) -> TreatmentQuerySet:
        """Accepted risks whose last day was before `at`."""
        return self.running().filter(strategy="accept", due_on__lt=at)

    def visible_to(self, user: User) -> TreatmentQuerySet:
        from risk.models import Risk

        if not user.has_perm("risk.view_treatment"):
            return self.none()
        return self.filter(risk__in=Risk.objects.visible_to(user))

    def for_list(self) -> TreatmentQuerySet:
        return self.select_related("risk", "owner", "indicator")
