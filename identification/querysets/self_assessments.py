from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from staff.models import User

# Who has left before answering is asked no more.
LEFT = Q(invitees__user__is_active=False, invitees__answered_at__isnull=True)


class SelfAssessmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SelfAssessmentQuerySet:
        """Rounds of the person's business lines, and those of the whole company."""
        if not user.has_perm("identification.view_selfassessment"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def open(self) -> SelfAssessmentQuerySet:
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> SelfAssessmentQuerySet:
        """With how many are asked and how many have answered."""
        return self.select_related("version__questionnaire", "line", "team", "owner").annotate(
            n_asked=Count("invitees", filter=~LEFT),
            n_answered=Count("invitees", filter=Q(invitees__answered_at__isnull=False)),
        )


class InviteeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> InviteeQuerySet:
        rounds = apps.get_model("identification", "SelfAssessment").objects.visible_to(user)
        return self.filter(assessment__in=rounds)

    def waited_for(self, at: date) -> InviteeQuerySet:
        """Staff who are here and have not answered an open round that is due by `at`."""
        here = self.filter(user__is_active=True, answered_at__isnull=True)
        return here.filter(assessment__closed_at__isnull=True, assessment__due_on__lte=at)
