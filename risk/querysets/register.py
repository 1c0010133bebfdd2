from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class RiskQuerySet(models.QuerySet):
    def open(self) -> RiskQuerySet:
        return self.filter(status="open")

    def overdue(self, at: date) -> RiskQuerySet:
        """Open risks whose review date has passed on `at`."""
        return self.open().filter(review_on__lt=at)

    def due(self, at: date) -> RiskQuerySet:
        """Open risks whose review is due on `at` or was due before."""
        return self.open().filter(review_on__lte=at)

    def waiting(self) -> RiskQuerySet:
        """Open risks that must be assessed anew because something happened."""
        from risk.models import Reassessment

        return self.open().filter(pk__in=Reassessment.objects.filter(rating__isnull=True).values("risk"))

    def visible_to(self, user: User) -> RiskQuerySet:
        """Risks of the person's business lines, and those of the whole company."""
        if not user.has_perm("risk.view_risk"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> RiskQuerySet:
        """Lists are sorted by the residual rating: it alone is joined. What else a row shows is fetched for the rows of a
        page; joined, all of it would be read for every risk before the page is cut, four times as long at 10,000."""
        return self.select_related("residual").prefetch_related("line", "owner", "inherent", "target", "subclass")


class MatrixQuerySet(models.QuerySet):
    def in_force(self, at: date) -> MatrixQuerySet:
        """The matrix that new ratings are made under on `at`, alone; none where the first begins later."""
        return self.filter(in_force_from__lte=at).order_by("-in_force_from", "-version")[:1]


class RatingQuerySet(models.QuerySet):
    def for_list(self) -> RatingQuerySet:
        return self.select_related("matrix", "rated_by").order_by("-rated_at", "-id")
