from __future__ import annotations

from customers.querysets.documents import SEALED, OfSeenCustomers


class KycReviewQuerySet(OfSeenCustomers):
    permission = "customers.view_kycreview"

    def open(self) -> KycReviewQuerySet:
        return self.exclude(state="signed")

    def for_list(self) -> KycReviewQuerySet:
        return self.select_related("customer", "decided_by", "signed_by").defer(*SEALED)


class EnhancedReviewQuerySet(OfSeenCustomers):
    permission = "customers.view_enhancedreview"

    def open(self) -> EnhancedReviewQuerySet:
        return self.filter(outcome="")

    def for_list(self) -> EnhancedReviewQuerySet:
        return self.select_related("customer", "opened_by").defer(*SEALED)


class OfBusinessQuerySet(OfSeenCustomers):
    """Owners and representatives of businesses whom the person sees."""

    permission = "customers.view_ownership"
