from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from customers.querysets.privacy_requests import SEALED

if TYPE_CHECKING:
    from staff.models import User


class DuplicatePairQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DuplicatePairQuerySet:
        """Pairs of which the person sees both customers; whoever sees one alone does not learn of the other."""
        from customers.models import Customer

        if not user.has_perm("customers.view_duplicatepair"):
            return self.none()
        if user.regions or user.business_lines:
            seen = Customer.objects.visible_to(user).values("pk")
            return self.filter(first__in=seen, second__in=seen)
        return self

    def for_list(self) -> DuplicatePairQuerySet:
        """What a row shows; sealed fields stay sealed."""
        deferred = [f"{side}__{name}" for side in ("first", "second") for name in SEALED]
        return self.select_related("first", "second", "judged_by").defer(*deferred)

    def open(self) -> DuplicatePairQuerySet:
        return self.filter(state="open")


def in_force(rows: models.QuerySet, day: date, *keys: str) -> models.QuerySet:
    """The newest row of each `keys` that has begun by `day`."""
    return rows.filter(valid_from__lte=day).order_by(*keys, "-valid_from").distinct(*keys)
