from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from customers.models import Customer
    from staff.models import User


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ComplaintQuerySet:
        """Complaints of the tickets that the person sees, without those that are about the person."""
        from service.models import ComplaintSubject, Ticket

        if not user.has_perm("service.view_complaint"):
            return self.none()
        about_them = ComplaintSubject.objects.filter(complaint=OuterRef("pk"), user=user)
        seen = self.filter(~Exists(about_them))
        if user.regions or user.business_lines:
            seen = seen.filter(ticket__in=Ticket.objects.visible_to(user))
        return seen

    def open(self) -> ComplaintQuerySet:
        return self.filter(state="open")

    def overdue(self, day: date) -> ComplaintQuerySet:
        return self.open().filter(due_on__lt=day)

    def of(self, customer: Customer) -> ComplaintQuerySet:
        """Complaints that the customer brought, alone or with others."""
        from service.models import ComplaintParty

        joined = ComplaintParty.objects.filter(complaint=OuterRef("pk"), customer=customer)
        return self.filter(Q(ticket__customer=customer) | Exists(joined))

    def for_list(self) -> ComplaintQuerySet:
        return self.select_related(
            "ticket__customer", "ticket__assignee", "ticket__product", "version__product", "step"
        ).defer("ticket__search", "ticket__customer__search")
