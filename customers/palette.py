from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from customers.masking import Masked
from customers.models import Customer
from customers.services.reading import record_search
from staff.palette import Hit


def search_customers(user: Any, text: str, limit: int) -> Iterable[Hit]:
    """Find customers as the list's search does, for the palette; names as the reader may see them."""
    masked = Masked(user)
    found = list(
        Customer.objects.visible_to(user)
        .matching(text)
        .only("reference", "name", "restricted_at")
        .order_by("-id")[:limit]
    )
    record_search(text, found, "palette")
    return [
        Hit(masked.name(customer), customer.reference, f"/customers/{customer.reference}/", "user", _("Customers"))
        for customer in found
    ]
