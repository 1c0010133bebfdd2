from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from identification.querysets.scoped import of_lines

if TYPE_CHECKING:
    from identification.models import ChecklistRun
    from staff.models import User


class ChecklistRunQuerySet(models.QuerySet):
    def finished(self) -> ChecklistRunQuerySet:
        return self.filter(finished_at__isnull=False)

    def visible_to(self, user: User) -> ChecklistRunQuerySet:
        return of_lines(self, user, "identification.view_checklistrun")

    def for_list(self) -> ChecklistRunQuerySet:
        """With how many questions were answered, and how many with no."""
        noes = Count("answers", filter=Q(answers__answer="no"))
        joined = self.select_related("version__checklist", "product", "line", "begun_by", "finished_by")
        return joined.annotate(answered=Count("answers"), noes=noes)

    def before(self, run: ChecklistRun) -> ChecklistRunQuerySet:
        """Finished runs of the same checklist for the same thing that began before `run`, the last first: the same product or,
        where there is none, the same words and line."""
        same = (
            Q(product=run.product_id)
            if run.product_id
            else Q(product=None, subject__iexact=run.subject, line=run.line_id)
        )
        earlier = Q(begun_at__lt=run.begun_at) | Q(begun_at=run.begun_at, pk__lt=run.pk)
        found = self.finished().filter(same, earlier, version__checklist=run.version.checklist_id)
        return found.order_by("-begun_at", "-pk")
