from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from customers.criteria.needs import ALL_NEEDS

if TYPE_CHECKING:
    from staff.models import User


class SegmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SegmentQuerySet:
        """Segments whose rules ask about nothing that the person may not know of customers."""
        if not user.has_perm("marketing.view_segment"):
            return self.none()
        return self.filter(needs__contained_by=[needs for needs in ALL_NEEDS if user.has_perm(needs)])

    def standing(self) -> SegmentQuerySet:
        return self.filter(archived_at__isnull=True)

    def for_list(self) -> SegmentQuerySet:
        return self.select_related("owner").defer("rule", "seen")


class SegmentMemberQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SegmentMemberQuerySet:
        """Members of visible segments who are customers that the person sees."""
        from customers.models import Customer
        from marketing.models import Segment

        if not user.has_perm("marketing.view_segmentmember"):
            return self.none()
        seen = self.filter(segment__in=Segment.objects.visible_to(user))
        if user.regions or user.business_lines:
            return seen.filter(customer__in=Customer.objects.visible_to(user))
        return seen

    def standing(self) -> SegmentMemberQuerySet:
        """Who is in now."""
        return self.filter(left_at__isnull=True)

    def for_list(self) -> SegmentMemberQuerySet:
        return self.select_related("customer", "customer__portrait").defer(
            "customer__search", "customer__email", "customer__address", "customer__phone", "customer__identity_number"
        )
