from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from customers.querysets.dated import DatedQuerySet, M

if TYPE_CHECKING:
    from staff.models import User


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MessageQuerySet:
        """Messages of the person's business lines, and those of the whole company."""
        if not user.has_perm("marketing.view_message"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def standing(self) -> MessageQuerySet:
        return self.filter(archived_at__isnull=True)

    def for_list(self) -> MessageQuerySet:
        return self.select_related("owner", "line", "product").prefetch_related("texts")


class ContentRuleQuerySet(DatedQuerySet[M]):
    seen_with = "marketing.view_message"


class ClaimQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ClaimQuerySet:
        return self if user.has_perm("marketing.view_message") else self.none()

    def holding(self, day: date) -> ClaimQuerySet:
        """Claims that somebody else approved and whose proof is not too old."""
        return self.filter(approved_at__isnull=False, expires_on__gte=day)

    def for_list(self) -> ClaimQuerySet:
        return self.select_related("added_by", "approved_by").order_by("-added_at", "-id")
