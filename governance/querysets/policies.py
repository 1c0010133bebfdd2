from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import OuterRef, Q, Subquery

if TYPE_CHECKING:
    from staff.models import User


class PolicyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PolicyQuerySet:
        """Policies of the person's business lines, and those of the whole company."""
        if not user.has_perm("governance.view_policy"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def to_review(self, at: date) -> PolicyQuerySet:
        return self.filter(review_on__lt=at)

    def for_list(self, at: date) -> PolicyQuerySet:
        """With the number and the day of the version in force on `at`, 0 for none."""
        from governance.models import PolicyVersion

        own = PolicyVersion.objects.filter(policy=OuterRef("pk"), effective_from__lte=at).order_by("-effective_from")
        return self.select_related("line", "owner", "parent").annotate(
            in_force=Subquery(own.values("number")[:1]), since=Subquery(own.values("effective_from")[:1])
        )


class PolicyVersionQuerySet(models.QuerySet):
    def in_force(self, at: date) -> PolicyVersionQuerySet:
        """The version of each policy that holds on `at`: the last that began."""
        begun = self.filter(effective_from__lte=at)
        return begun.order_by("policy_id", "-effective_from").distinct("policy_id")
