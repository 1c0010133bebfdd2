from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class PrivacyRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PrivacyRequestQuerySet:
        """Requests of the customers whom the person sees."""
        from customers.models import Customer

        if not user.has_perm("customers.view_privacyrequest"):
            return self.none()
        if user.regions or user.business_lines:
            return self.filter(customer__in=Customer.objects.visible_to(user))
        return self

    def open(self) -> PrivacyRequestQuerySet:
        return self.filter(state__in=["received", "working"])

    def overdue(self, day: date) -> PrivacyRequestQuerySet:
        return self.open().filter(due_on__lt=day)

    def for_list(self) -> PrivacyRequestQuerySet:
        """What a row shows; sealed fields stay sealed."""
        return self.select_related("customer", "owner").defer(
            "text", "proposed", *(f"customer__{name}" for name in SEALED)
        )


SEALED = ("phone", "email", "address", "identity_number", "search")
