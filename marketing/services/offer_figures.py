"""Figures of one offer: how many coupons are out, and where its redemptions stand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from marketing.models import Coupon, Offer, Redemption, State


@dataclass(frozen=True)
class Standing:
    """Redemptions of one state: how many, and for how much."""

    state: str
    label: str
    number: int
    amount: Decimal


def coupon_figures(offer: Offer) -> dict[str, int]:
    """Return how many coupons were issued, are used at least once, and are used up."""
    coupons = Coupon.objects.filter(version__offer=offer)
    return coupons.aggregate(
        issued=Count("pk"),
        once=Count("pk", filter=Q(used__uses__gt=0)),
        used_up=Count("pk", filter=Q(uses__gt=0, used__uses__gte=F("uses"))),
    )


def redemption_figures(offer: Offer) -> list[Standing]:
    """Return redemptions by where they stand, those that are none left out."""
    rows = Redemption.objects.filter(offer=offer).values("now__state").annotate(n=Count("pk"), total=Sum("amount"))
    found = {row["now__state"]: row for row in rows.order_by()}
    return [
        Standing(state.value, str(state.label), found[state]["n"], found[state]["total"])
        for state in State
        if state in found
    ]
