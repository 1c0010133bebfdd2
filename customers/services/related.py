"""Who is tied to a customer: by a telephone, a device or an address that they share, a guarantee, a supply chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.sql import statement
from staff.models import User

MOST = 30  # shown
LOOKED_AT = 500  # ties read, before those are left out whom the reader does not see
WORDS: dict[str, str | Promise] = {
    "phone": _("Same phone"),
    "device": _("Same device"),
    "address": _("Same address"),
    "guarantees": _("Guarantees their loan"),
    "guaranteed_by": _("Guarantor of a loan"),
    "core_enterprise": _("Core enterprise of the supply chain"),
    "chain_member": _("Member of the supply chain"),
}


@dataclass(frozen=True)
class Related:
    """Another customer whom the reader sees, and what ties the two."""

    customer: Customer
    ties: list[str]


def related_to(customer: Customer, *, reader: User, day: date) -> list[Related]:
    """Return those tied to a customer, with most ties first: two queries. Whom the reader does not see is not counted."""
    asked = {"numbers": customer.numbers, "lines": list(reader.business_lines) or None, "day": day, "limit": LOOKED_AT}
    with connection.cursor() as cursor:
        cursor.execute(statement("related"), asked)
        ties = dict(cursor.fetchall())
    seen = Customer.objects.visible_to(reader).only("reference", "name", "kind", "restricted_at").in_bulk(list(ties))
    return [Related(seen[pk], found) for pk, found in ties.items() if pk in seen][:MOST]
