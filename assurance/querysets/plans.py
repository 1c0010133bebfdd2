from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum

if TYPE_CHECKING:
    from staff.models import User


class AuditPlanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AuditPlanQuerySet:
        """A plan is of the whole company; of its lines one sees those of one's business lines."""
        return self if user.has_perm("assurance.view_auditplan") else self.none()

    def drafts(self) -> AuditPlanQuerySet:
        return self.filter(agreed=False)

    def in_force(self, year: int) -> AuditPlanQuerySet:
        """The newest agreed version of a year, or nothing."""
        return self.filter(year=year, agreed=True).order_by("-version")[:1]

    def for_list(self) -> AuditPlanQuerySet:
        """With how many audits and person-days each plans, and whether a later version was agreed."""
        from assurance.models import AuditPlan

        later = AuditPlan.objects.filter(year=OuterRef("year"), version__gt=OuterRef("version"), agreed=True)
        return self.select_related("drafted_by").annotate(
            audits=Count("lines"), days=Sum("lines__person_days"), is_replaced=models.Exists(later)
        )


class PlanLineQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PlanLineQuerySet:
        from assurance.models import AuditUnit

        if not user.has_perm("assurance.view_auditplan"):
            return self.none()
        return self.filter(unit__in=AuditUnit.objects.visible_to(user))

    def for_list(self) -> PlanLineQuerySet:
        """With the audit that was begun for the area of the line in the year of its plan, whichever version it was."""
        from assurance.models import Engagement

        begun = Engagement.objects.filter(
            plan_line__unit=OuterRef("unit"), plan_line__plan__year=OuterRef("plan__year")
        ).order_by("-pk")
        names = ("reference", "state", "starts_on", "closed_at")
        found = {f"audit_{name}": Subquery(begun.values(name)[:1]) for name in names}
        return (
            self.select_related("unit__line", "lead", "plan").annotate(**found).order_by("quarter", "-priority", "pk")
        )

    def wanting(self) -> PlanLineQuerySet:
        """Lines with nobody to lead them, or somebody who owns the area."""
        return self.filter(Q(lead=None) | Q(unit__owners=models.F("lead"))).distinct()
