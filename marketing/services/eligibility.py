"""Who may have an offer, asked when it is redeemed."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerStatus
from marketing.models import OfferVersion, SegmentMember
from products.models import Product

# Everything of a customer that an offer asks about; nothing personal is read to redeem one.
ASKED_OF_CUSTOMER = ("status", "restricted_at", "erased_at", "joined_on", "absorbed", "merged_into")


def check_eligible(version: OfferVersion, customer: Customer, *, product: str, at: datetime) -> None:
    """Raise ValidationError with the reason where this customer, for this product, may not have the offer."""
    if customer.status != CustomerStatus.ACTIVE or customer.restricted_at or customer.erased_at:
        raise ValidationError(_("This customer is not active: no offer is redeemed for them."))
    if version.products or version.lines:
        _check_product(version, product)
    if version.new_customer_days is not None:
        days = (at.astimezone(version.zone).date() - customer.joined_on).days
        if days > version.new_customer_days:
            raise ValidationError(
                _("This offer is for customers of at most %(n)d days.") % {"n": version.new_customer_days}
            )
    if version.segment_code and not in_segment(version.segment_code, customer):
        raise ValidationError(_("This customer is not in the segment of this offer."))


def _check_product(version: OfferVersion, code: str) -> None:
    if not code:
        raise ValidationError({"product": _("This offer is for certain products: name the one that is bought.")})
    found = Product.objects.filter(code=code).values_list("line_id", flat=True).first()
    if found is None:
        raise ValidationError({"product": _("There is no product %(codes)s.") % {"codes": code}})
    if (version.products and code not in version.products) or (version.lines and found not in version.lines):
        raise ValidationError({"product": _("This offer is not for this product.")})


def in_segment(code: str, customer: Customer) -> bool:
    """Whether a customer is in a segment now; nobody is in a segment that does not exist."""
    members = SegmentMember.objects.filter(segment__code=code, left_at__isnull=True)
    return members.filter(customer_id__in=customer.numbers).exists()
