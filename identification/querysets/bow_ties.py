from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class BowTieQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> BowTieQuerySet:
        """Bow-ties of risks that the person sees, under scenarios that they see or under none."""
        if not user.has_perm("identification.view_bowtie"):
            return self.none()
        risk, scenario = apps.get_model("risk", "Risk"), apps.get_model("identification", "Scenario")
        seen = self.filter(risk__in=risk.objects.visible_to(user))
        return seen.filter(Q(scenario__isnull=True) | Q(scenario__in=scenario.objects.visible_to(user)))

    def for_list(self) -> BowTieQuerySet:
        return self.select_related("risk__line", "scenario", "drawn_by")

    def with_paths(self) -> BowTieQuerySet:
        """With every cause and consequence, their barriers and the last tests of these, in a fixed number of queries."""
        barriers = models.Prefetch(
            "barriers",
            apps.get_model("identification", "Barrier").objects.select_related("control__last_test"),
        )
        threat, result = (
            apps.get_model("identification", name).objects.prefetch_related(barriers)
            for name in ("BowTieThreat", "BowTieConsequence")
        )
        return self.for_list().prefetch_related(
            models.Prefetch("threats", threat.select_related("cause")),
            models.Prefetch("results", result.select_related("consequence")),
        )
