from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User

NONPERFORMING = ("substandard", "doubtful", "loss")


class LoanGradeQuerySet(models.QuerySet):
    def nonperforming(self) -> LoanGradeQuerySet:
        return self.filter(loan_class__in=NONPERFORMING)

    def open(self) -> LoanGradeQuerySet:
        """Loans that are not repaid; written-off ones stay among them."""
        return self.filter(is_open=True)

    def overdue(self, days: int) -> LoanGradeQuerySet:
        """At least `days` past due, or in arrears for a time that nobody stated."""
        return self.filter(Q(days_past_due__gte=days) | Q(days_known=False))

    def visible_to(self, user: User) -> LoanGradeQuerySet:
        """Grades of loans in the person's business lines whose customers are in their regions."""
        if not user.has_perm("risk.view_loangrade"):
            return self.none()
        seen = self
        if user.business_lines:
            seen = seen.filter(loan__product__line__in=user.business_lines)
        if user.regions:
            seen = seen.filter(loan__customer__region__in=user.regions)
        return seen

    def for_list(self) -> LoanGradeQuerySet:
        return self.select_related("loan", "loan__customer", "loan__product", "loan__product__line")
