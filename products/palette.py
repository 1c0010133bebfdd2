from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from products.models import Product
from staff.palette import Hit


def search_products(user: Any, text: str, limit: int) -> Iterable[Hit]:
    """Find products by name or code, for the palette."""
    found = Product.objects.visible_to(user).filter(Q(name__icontains=text) | Q(code__icontains=text)).order_by("code")
    return [
        Hit(product.name, product.code, f"/products/{product.code}/", "package", _("Products"))
        for product in found[:limit]
    ]
