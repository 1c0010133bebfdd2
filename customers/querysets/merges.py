from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from customers.models import Customer
    from staff.models import User


class MergeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MergeQuerySet:
        """Merges whose customer that stays the person sees; one that was undone, only who sees both."""
        from customers.models import Customer

        if not user.has_perm("customers.view_merge"):
            return self.none()
        if not (user.regions or user.business_lines):
            return self
        seen = Customer.objects.in_scope_of(user).values("pk")
        return self.filter(survivor__in=seen).filter(models.Q(undone_at=None) | models.Q(absorbed__in=seen))

    def for_list(self) -> MergeQuerySet:
        """What a row shows and no more of either customer."""
        sides = [
            f"{side}__{name}" for side in ("survivor", "absorbed") for name in ("reference", "name", "restricted_at")
        ]
        own = ("reason", "merged_at", "undone_at", "merged_by__full_name", "merged_by__email")
        return self.select_related("survivor", "absorbed", "merged_by").only(*own, *sides)

    def standing(self) -> MergeQuerySet:
        return self.filter(undone_at=None)

    def of(self, customer: Customer) -> MergeQuerySet:
        return self.filter(models.Q(survivor=customer) | models.Q(absorbed=customer))
