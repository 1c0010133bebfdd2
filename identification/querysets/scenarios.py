from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Count, Max, Q

if TYPE_CHECKING:
    from staff.models import User


class ScenarioQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ScenarioQuerySet:
        """Scenarios of the person's business lines, and those of the whole company."""
        if not user.has_perm("identification.view_scenario"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def open(self) -> ScenarioQuerySet:
        return self.exclude(state="retired")

    def for_list(self) -> ScenarioQuerySet:
        """With the newest revision, how many outcomes were recorded, and the day of the last."""
        return self.select_related("line", "owner", "revision").annotate(
            n_outcomes=Count("revisions__outcomes"), discussed_on=Max("revisions__outcomes__held_on")
        )


class OutcomeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> OutcomeQuerySet:
        """Outcomes of scenarios that the person sees, of risks that they see or of none."""
        risk, scenario = apps.get_model("risk", "Risk"), apps.get_model("identification", "Scenario")
        seen = self.filter(revision__scenario__in=scenario.objects.visible_to(user))
        return seen.filter(Q(risk__isnull=True) | Q(risk__in=risk.objects.visible_to(user)))

    def for_list(self) -> OutcomeQuerySet:
        return self.select_related("revision__scenario", "risk", "matrix", "recorded_by").prefetch_related(
            "participants"
        )
