from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class ChangeRequestQuerySet(models.QuerySet):
    def pending(self) -> ChangeRequestQuerySet:
        return self.filter(state="pending")

    def approved(self) -> ChangeRequestQuerySet:
        return self.filter(state="approved")

    def open(self) -> ChangeRequestQuerySet:
        return self.filter(state__in=["pending", "approved"])

    def overdue(self, at: datetime) -> ChangeRequestQuerySet:
        return self.open().filter(expires_at__lte=at)

    def to_review(self) -> ChangeRequestQuerySet:
        """Done by break-glass and not looked at since."""
        return self.filter(break_glass=True, state="executed", reviewed_at__isnull=True)

    def of(self, commands: Collection[str]) -> ChangeRequestQuerySet:
        return self.filter(command__in=commands)

    def about(self, table: str, pk: int | str) -> ChangeRequestQuerySet:
        """Requests about one record."""
        return self.filter(target_table=table, target_pk=str(pk))

    def without_verdict_of(self, user: User) -> ChangeRequestQuerySet:
        return self.exclude(approvals__checker=user).exclude(maker=user)

    def visible_to(self, user: User, commands: Collection[str] = ()) -> ChangeRequestQuerySet:
        """One's own, those one has judged, those of `commands` (which one may check); everybody's with the permission.
        Never what is kept from the person."""
        if not user.has_perm("staff.view_changerequest"):
            return self.none()
        seen = self.not_kept_from(user)
        if user.has_perm("staff.view_any_changerequest"):
            return seen
        # By a subquery: a join would show a request of two verdicts twice.
        judged = type(self)(self.model).filter(approvals__checker=user).values("pk")
        return seen.filter(Q(maker=user) | Q(command__in=commands) | Q(pk__in=judged))

    def not_kept_from(self, user: User) -> ChangeRequestQuerySet:
        """Without the requests that are kept from whom they are about."""
        from staff.changes import CONCEALMENTS

        seen = self
        for one in CONCEALMENTS:
            seen = seen.exclude(one.requests(user))
        return seen

    def for_list(self) -> ChangeRequestQuerySet:
        return self.select_related("maker", "policy", "reviewed_by").prefetch_related("approvals__checker")
