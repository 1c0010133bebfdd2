from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from staff.models import User


class DutyAreaQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DutyAreaQuerySet:
        """Areas of the person's business lines, and those of the whole company."""
        if not user.has_perm("governance.view_dutyarea"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self, at: date) -> DutyAreaQuerySet:
        """With the number, the day and the activities of the matrix in force on `at`."""
        from governance.models import DutyMatrix

        own = DutyMatrix.objects.filter(area=OuterRef("pk"), effective_from__lte=at).order_by("-effective_from")
        counted = own.annotate(activities=Count("duties"))
        return self.select_related("line", "owner", "process").annotate(
            in_force=Subquery(own.values("number")[:1]),
            since=Subquery(own.values("effective_from")[:1]),
            activities=Subquery(counted.values("activities")[:1]),
        )


class DutyMatrixQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DutyMatrixQuerySet:
        """Matrices of the areas that the person sees; drafts are for those who write or approve."""
        from governance.models import DutyArea

        seen = self.filter(area__in=DutyArea.objects.visible_to(user))
        works = user.has_perm("governance.change_dutymatrix") or user.has_perm("governance.check_dutymatrix")
        return seen if works else seen.filter(effective_from__isnull=False)

    def in_force(self, at: date) -> DutyMatrixQuerySet:
        """The matrix of each area that holds on `at`: the last that began."""
        begun = self.filter(effective_from__lte=at)
        return begun.order_by("area_id", "-effective_from").distinct("area_id")


class DutyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DutyQuerySet:
        from governance.models import DutyArea

        return self.filter(matrix__area__in=DutyArea.objects.visible_to(user))

    def in_force(self, at: date) -> DutyQuerySet:
        from governance.models import DutyMatrix

        return self.filter(matrix__in=DutyMatrix.objects.in_force(at).values("pk"))

    def for_list(self) -> DutyQuerySet:
        return self.select_related("matrix__area").prefetch_related("cells__department__team")
