"""Identity papers among the reasons of a suitability check: nothing new is sold on papers that have expired."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from customers.models import DocumentStatus, IdentityDocument
from customers.rules.suitability import Finding
from customers.services.suitability import Check, register_check
from products.models import Product

VERIFIED, EXPIRED = DocumentStatus.VERIFIED, DocumentStatus.EXPIRED


def register() -> None:
    register_check(Check("identity_documents", expired_papers, {"papers_expired": _sentence}))


def _sentence(values: Mapping[str, Any]) -> str:
    return _("The identity document has expired: a valid one is verified first.")


def expired_papers(
    customers: Collection[int] | None, product: Product, day: date, amount: Decimal | None
) -> Mapping[int, list[Finding]]:
    """Find customers whose documents were verified once and none of whose is valid on `day`. Who has none on record, as
    their platform identified them, is not among them."""
    known = IdentityDocument.objects.filter(status__in=[VERIFIED, EXPIRED])
    if customers is not None:
        known = known.filter(customer__in=list(customers))
    valid = Q(status=VERIFIED) & (Q(expires_on__isnull=True) | Q(expires_on__gte=day))
    without = known.order_by().values("customer").annotate(valid=Count("pk", filter=valid)).filter(valid=0)
    return {pk: [Finding("papers_expired")] for pk in without.values_list("customer", flat=True)}
