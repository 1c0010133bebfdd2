from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PaperQuerySet:
        from assurance.models import Engagement

        if not user.has_perm("assurance.view_workingpaper"):
            return self.none()
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def unreviewed(self) -> PaperQuerySet:
        return self.filter(reviewed_at__isnull=True)

    def for_list(self) -> PaperQuerySet:
        """With how many files each has."""
        people = self.select_related("engagement__unit", "prepared_by", "reviewed_by")
        return people.annotate(files=models.Count("evidence")).order_by("engagement", "number")


class StepQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> StepQuerySet:
        from assurance.models import Engagement

        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def for_list(self) -> StepQuerySet:
        return self.select_related("engagement", "assignee", "done_by", "paper").order_by("engagement", "position")
