from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CustomerQuerySet:
        """Customers in the person's regions and business lines; a scope left empty is no bound."""
        if not user.has_perm("customers.view_customer"):
            return self.none()
        seen = self
        if user.regions:
            seen = seen.filter(region__in=user.regions)
        if user.business_lines:
            seen = seen.filter(lines__overlap=user.business_lines)
        return seen
