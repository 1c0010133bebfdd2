from __future__ import annotations

from customers.querysets.accounts import OfCustomerQuerySet


class TransactionQuerySet(OfCustomerQuerySet):
    def for_list(self) -> TransactionQuerySet:
        return self.select_related("account", "product").order_by("-booked_on", "-id")
