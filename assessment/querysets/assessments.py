from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from staff.models import User


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """Assessments of risks that the person sees."""
        from risk.models import Risk

        if not user.has_perm("assessment.view_assessment"):
            return self.none()
        return self.filter(risk__in=Risk.objects.visible_to(user))

    def open(self) -> AssessmentQuerySet:
        return self.filter(state__in=["draft", "decided"])

    def waiting_for(self, user: User) -> AssessmentQuerySet:
        """Decided assessments that this person may approve: neither decided by them nor of a risk that they own."""
        if not user.has_perm("assessment.approve_assessment"):
            return self.none()
        decided = self.visible_to(user).filter(state="decided")
        return decided.exclude(decided_by=user).filter(Q(risk__owner__isnull=True) | ~Q(risk__owner=user))

    def due(self, at: date) -> AssessmentQuerySet:
        """Approved assessments of open risks whose period, by the tier of the residual rating, has ended on `at`."""
        return self.filter(state="approved", risk__status="open", risk__review_on__lte=at)

    def for_list(self) -> AssessmentQuerySet:
        return self.select_related("risk", "risk__line", "begun_by", "decided_by", "approved_by").prefetch_related(
            "decisions", "results"
        )

    def newest_first(self) -> AssessmentQuerySet:
        return self.order_by(F("begun_at").desc(), "-id")
