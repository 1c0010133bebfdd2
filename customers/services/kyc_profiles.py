"""Risk ratings of customers and when they are looked at again: a night's work in one statement a range of customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer, CustomerRisk, KycCode, KycFactor, KycProfile, KycRule
from customers.services.kyc_rules import kyc_rule
from customers.sql import statement
from staff.models import User

RANGE = 100_000
REVIEWS = {
    KycCode.REVIEW_LOW: CustomerRisk.LOW,
    KycCode.REVIEW_MEDIUM: CustomerRisk.MEDIUM,
    KycCode.REVIEW_HIGH: CustomerRisk.HIGH,
}
OVERRIDE = "customers.override_rating"


def rate_customers(*, at: datetime, first: int = 1, last: int | None = None) -> int:
    """Rate customers by the factors in force, in ranges of their keys, each a transaction; return how many profiles
    became different. Safe to run again: what is the same is not written."""
    highest = last or Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    asked = _asked(at)
    starts = range(first, highest + 1, RANGE)
    return sum(_rate(asked, start, min(start + RANGE - 1, highest)) for start in starts)


@transaction.atomic
def _rate(asked: dict[str, Any], first: int, last: int) -> int:
    name_act("customers.profile.rated")
    with connection.cursor() as cursor:
        cursor.execute(statement("kyc_rate"), {**asked, "first": first, "last": last})
        return cursor.rowcount


def _asked(at: datetime) -> dict[str, Any]:
    """Everything that tables say about rating, as the statement takes it."""
    today = timezone.localdate(at)
    running = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    factors = [*KycFactor.objects.filter(running, valid_from__lte=today).order_by("id")]
    months = [
        (place, rating, value)
        for code, rating in REVIEWS.items()
        for place, value in KycRule.objects.by_jurisdiction(code, today).items()
    ]
    return {
        "today": today,
        "home": settings.COMPANY_JURISDICTION,
        "codes": [factor.code for factor in factors],
        "values": [factor.value for factor in factors],
        "leasts": [factor.least for factor in factors],
        "points": [factor.points for factor in factors],
        "medium": kyc_rule(KycCode.RISK_MEDIUM_FROM, settings.COMPANY_JURISDICTION, today).value,
        "high": kyc_rule(KycCode.RISK_HIGH_FROM, settings.COMPANY_JURISDICTION, today).value,
        "places": [place for place, _rating, _value in months],
        "ratings": [rating for _place, rating, _value in months],
        "months": [value for _place, _rating, value in months],
    }


def check_override(*, actor: User, customer_id: int, rating: str) -> KycProfile:
    """Return the profile whose rating may be overridden so; ValidationError or PermissionDenied where it may not."""
    if not actor.has_perm(OVERRIDE):
        raise PermissionDenied(_("Compliance and risk override ratings."))
    if not Customer.objects.visible_to(actor).filter(pk=customer_id).exists():
        raise PermissionDenied(_("This customer is outside your scope."))
    if rating and rating not in CustomerRisk:
        raise ValidationError({"override": _("Choose a rating.")})
    profile = KycProfile.objects.filter(customer=customer_id).first()
    if profile is None:
        raise ValidationError(_("No night has rated this customer yet."))
    if profile.override == rating:
        raise ValidationError({"override": _("This is how it stands already.")})
    return profile


@transaction.atomic
def override_rating(*, actor: User, customer_id: int, rating: str, reason: str, at: datetime) -> KycProfile:
    """Put a rating in the place of the counted one, or take it away again. Called by the approved request alone."""
    profile = check_override(actor=actor, customer_id=customer_id, rating=rating)
    name_act("customers.profile.overridden", reason=reason)
    profile.override, profile.override_reason = rating, reason.strip()[:300]
    profile.save(update_fields=["override", "override_reason"])
    rate_customers(at=at, first=customer_id, last=customer_id)
    profile.refresh_from_db()
    return profile
