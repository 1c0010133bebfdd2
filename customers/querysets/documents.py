from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class OfSeenCustomers(models.QuerySet):
    """Rows of customers whom the person sees, for those who hold `permission`."""

    permission = ""

    def visible_to(self, user: User):
        from customers.models import Customer

        if not user.has_perm(self.permission):
            return self.none()
        if user.regions or user.business_lines:
            return self.filter(customer__in=Customer.objects.visible_to(user))
        return self


SEALED = tuple(f"customer__{name}" for name in ("phone", "email", "address", "identity_number", "search"))


class IdentityDocumentQuerySet(OfSeenCustomers):
    permission = "customers.view_identitydocument"

    def holding(self, day: date) -> IdentityDocumentQuerySet:
        """Verified ones that have not expired by `day`."""
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=day), status="verified")

    def for_list(self) -> IdentityDocumentQuerySet:
        return self.select_related("customer", "added_by", "verified_by").defer(*SEALED)


class KycTaskQuerySet(OfSeenCustomers):
    permission = "customers.view_kyctask"

    def open(self) -> KycTaskQuerySet:
        return self.filter(closed_at__isnull=True)

    def overdue(self, day: date) -> KycTaskQuerySet:
        return self.open().filter(due_on__lt=day)

    def for_list(self) -> KycTaskQuerySet:
        return self.select_related("customer", "customer__relationship_owner", "document", "closed_by").defer(
            "document__number", *SEALED
        )
