"""Products that a mapping names, made where they are not yet in the catalogue: on sale, with a first version that is
final.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.ingest.mapping import Mapping
from products.models import Product, ProductStatus, ProductVersion, VersionState


def ensure_products(mapping: Mapping, *, at: datetime) -> int:
    """Make the mapping's products that do not exist, and return how many; one that exists in another line is an
    error.
    """
    return sum(_ensure(written, at) for written in mapping.products)


@transaction.atomic
def _ensure(written: dict[str, Any], at: datetime) -> bool:
    name_act("customers.import.product_created")
    product, is_new = Product.objects.get_or_create(
        code=written["code"],
        defaults={
            "name": written["name"], "line_id": written["line"], "status": ProductStatus.ON_SALE, "created_at": at,
            "currency": written["currency"], "jurisdiction": written["jurisdiction"],
        },
    )  # fmt: skip
    if product.line_id != written["line"]:
        raise ValidationError(
            _(
                "The product %(code)s exists in the line %(line)s: give the mapping's product another code,"
                " or that line."
            )
            % {"code": product.code, "line": product.line_id}
        )
    if is_new:
        product.version = _first_version(product, written, at)
        product.save(update_fields=["version"])
    return is_new


def _first_version(product: Product, written: dict[str, Any], at: datetime) -> ProductVersion:
    return ProductVersion.objects.create(
        product=product,
        number=1,
        state=VersionState.SUBMITTED,
        risk_rating=written["risk_rating"],
        terms=written["terms"],
        target_group=written["target_group"],
        description=written["description"],
        created_at=at,
        submitted_at=at,
    )
