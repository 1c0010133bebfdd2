"""Rates and fees as dated rows: a new row ends the one before it; the past is not rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from products.models import Product, ProductFee, ProductRate
from staff.models import User


@transaction.atomic
def set_rate(
    *, actor: User, product_id: int, kind: str, amount_from: Any, annual_rate: Any, valid_from: date, today: date
) -> ProductRate:
    """Put a rate in force from `valid_from`, today or later, and end the row of the same kind and amount before it."""
    product = _lock(product_id, valid_from, today)
    rows = ProductRate.objects.filter(product=product, kind=kind, amount_from=amount_from)
    _make_room(rows, valid_from)
    name_act("products.rate.set")
    rate = ProductRate(
        product=product, kind=kind, amount_from=amount_from, annual_rate=annual_rate, valid_from=valid_from
    )
    rate.full_clean()
    rate.save()
    return rate


@transaction.atomic
def set_fee(
    *, actor: User, product_id: int, name: str, basis: str, value: Any, valid_from: date, today: date
) -> ProductFee:
    """Put a fee in force from `valid_from`, today or later, and end the row of the same name before it."""
    product = _lock(product_id, valid_from, today)
    _make_room(ProductFee.objects.filter(product=product, name=name), valid_from)
    name_act("products.fee.set")
    fee = ProductFee(product=product, name=name, basis=basis, value=value, valid_from=valid_from)
    fee.full_clean()
    fee.save()
    return fee


def _lock(product_id: int, valid_from: date, today: date) -> Product:
    product = Product.objects.select_for_update(of=["self"]).get(pk=product_id)
    if valid_from < today:
        raise ValidationError({"valid_from": _("A price is set from today or later: the past is not rewritten.")})
    return product


def _make_room(rows, valid_from: date) -> None:
    """End the row in force the day before; refuse where a later row is waiting already."""
    if rows.filter(valid_from__gte=valid_from).exists():
        raise ValidationError({"valid_from": _("A row from this day or later is there already: choose a later day.")})
    rows.filter(valid_to__isnull=True).update(valid_to=valid_from - timedelta(days=1))
    rows.filter(valid_to__gte=valid_from).update(valid_to=valid_from - timedelta(days=1))
