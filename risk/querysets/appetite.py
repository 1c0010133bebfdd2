from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class AppetiteQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AppetiteQuerySet:
        """Statements for the person's business lines, and those for the whole company."""
        if not user.has_perm("risk.view_appetitestatement"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def in_force(self, at: date) -> AppetiteQuerySet:
        """The newest statement that has begun by `at` for each class, line and unit."""
        newest = (
            self.model._default_manager.filter(valid_from__lte=at)
            .order_by("risk_class", "line_id", "team_id", "-valid_from", "-pk")
            .distinct("risk_class", "line_id", "team_id")
        )
        return self.filter(pk__in=newest.values("pk"))

    def for_list(self) -> AppetiteQuerySet:
        return self.select_related("line", "team__lead")


class BreachQuerySet(models.QuerySet):
    def open(self) -> BreachQuerySet:
        return self.filter(closed_on__isnull=True)

    def visible_to(self, user: User) -> BreachQuerySet:
        """Breaches of risks that the person sees."""
        if not user.has_perm("risk.view_risk"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(risk__line__in=user.business_lines) | Q(risk__line__isnull=True))
        return self

    def for_list(self) -> BreachQuerySet:
        return self.select_related(
            "risk__owner", "risk__residual", "risk__line", "statement__line", "statement__team__lead"
        )
