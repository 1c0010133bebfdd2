from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from customers.rules.jurisdictions import looked_up

if TYPE_CHECKING:
    from staff.models import User

M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    """Rules with a date. `seen_with` is the permission that shows them."""

    seen_with = ""

    def visible_to(self, user: User) -> Self:
        return self if user.has_perm(self.seen_with) else self.none()

    def in_force(self, day: date) -> Self:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


def nearest(jurisdiction: str) -> tuple[list[str], Case]:
    """Return where a rule of a jurisdiction is looked for, and the order of nearness to sort by."""
    chain = looked_up(jurisdiction)
    places = (When(jurisdiction=one, then=Value(place)) for place, one in enumerate(chain))
    return chain, Case(*places, output_field=IntegerField())
