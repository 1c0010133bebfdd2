from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class ContactRuleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ContactRuleQuerySet:
        return self if user.has_perm("marketing.view_contactrule") else self.none()

    def in_force(self, day: date) -> ContactRuleQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class ValueRuleQuerySet(ContactRuleQuerySet):
    """What returns are reckoned with: seen by whoever sees the rules of contact."""
