"""Which assessment counts: the newest of a customer, or what the merge of two records made of both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from customers.models import CarriedAssessment, Customer, Merge, SuitabilityResult
from customers.services.suitability_rules import company_day


def standing_result(customer: Customer, at: datetime) -> SuitabilityResult | None:
    """Return the assessment that counts for a customer at `at`, expired or not.

    After a merge it may be another number's, and its class the stricter one of both; `is_carried` says so then."""
    return _standing(customer, at, Q(merge__undone_at=None) | Q(merge__undone_at__gt=at))


def _standing(customer: Customer, at: datetime, merges: Q) -> SuitabilityResult | None:
    newest = _evidence(SuitabilityResult.objects.counting(at).filter(customer=customer))
    own: SuitabilityResult | None = newest.order_by("-decided_at", "-id").first()
    carried = _carried(customer, at, merges) if customer.absorbed else None
    if carried is None or (own is not None and own.decided_at > carried.at):
        return own
    result = carried.result
    result.investor_class, result.is_carried = carried.investor_class, True  # type: ignore[attr-defined]
    return result


def _evidence(rows: Any) -> Any:
    return rows.select_related("response__filled_by", "reviewed_by")


def _carried(customer: Customer, at: datetime, merges: Q) -> CarriedAssessment | None:
    rows = CarriedAssessment.objects.filter(merges, customer=customer, at__lte=at)
    return rows.select_related("result__response__filled_by", "result__reviewed_by").order_by("-at", "-id").first()


def carry_assessment(merge: Merge, survivor: Customer, absorbed: Customer) -> CarriedAssessment | None:
    """Keep for the one that stays the newest valid assessment of both, under the stricter class; None where their own goes on.

    Call it in the transaction of the merge, with both rows locked."""
    at, day = merge.merged_at, company_day(merge.merged_at)
    # What a merge made that is undone by now is not carried on, though it stood then.
    ours, theirs = (_standing(one, at, Q(merge__undone_at=None)) for one in (survivor, absorbed))
    valid = [one for one in (ours, theirs) if one is not None and one.valid_until >= day]
    if not valid:
        return None
    newest = max(valid, key=lambda one: (one.decided_at, one.pk))
    strictest = min(one.investor_class for one in valid)
    if ours is newest and strictest == ours.investor_class:
        return None
    return CarriedAssessment.objects.create(
        merge=merge, customer=survivor, result=newest, investor_class=strictest, at=at
    )


def carry_again(survivor: Customer) -> None:
    """Carry over anew what later merges into the one that stays had made of a merge that is undone now."""
    later = Merge.objects.standing().filter(survivor=survivor).select_related("absorbed").order_by("pk")
    CarriedAssessment.objects.filter(merge__in=later).delete()
    for merge in later:
        carry_assessment(merge, survivor, merge.absorbed)
