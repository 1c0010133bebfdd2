from __future__ import annotations

from datetime import date

from django.db.models import Q

from customers.querysets.accounts import OfCustomerQuerySet


class LoanQuerySet(OfCustomerQuerySet):
    def granted_by(self, at: date) -> LoanQuerySet:
        return self.filter(disbursed_on__lte=at)

    def running(self) -> LoanQuerySet:
        return self.filter(~Q(reported_state__in=["repaid", "written_off"]))

    def for_list(self) -> LoanQuerySet:
        return self.select_related("product", "product__line", "customer").order_by("-disbursed_on", "-id")
