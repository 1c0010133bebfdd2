"""What an offer says, whole, for whoever signs it off."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from marketing.models import Offer, OfferVersion

SIGNED = (
    "number", "terms", "valid_from", "valid_until", "time_zone", "products", "lines", "new_customer_days", "segment_code",
    "per_customer_count", "per_customer_amount", "total_count", "coupon_days", "reserve_minutes", "payout_hours",
    "stack_with", "stack_group", "stack_base", "stack_place", "stack_most",
)  # fmt: skip


def version_for_sign_off(offer: Offer) -> OfferVersion | None:
    """The version in force, or else the draft that is to be."""
    return offer.version or offer.versions.drafts().first()


def signed_terms(offer: Offer) -> dict[str, Any]:
    """Return everything about an offer that a sign-off binds, ready for canonical JSON: the same as long as nothing of it
    changes, and different once anything does. Spending changes nothing."""
    version = version_for_sign_off(offer)
    return {
        "offer": offer.code,
        "name": offer.name,
        "kind": offer.kind,
        "currency": offer.currency,
        "budget": _plain(offer.budget),
        "stopped": offer.stopped_at is not None,
        "version": {name: _plain(getattr(version, name)) for name in SIGNED} if version else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, datetime) else value
