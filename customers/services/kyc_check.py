"""What knowing a customer has to say about what they may buy: nothing new without a document that holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from customers.rules.suitability import Finding
from customers.services.suitability import Check, register_check
from customers.sql import statement

CODE = "document_expired"


def without_document(
    customers: Collection[int] | None, product: Any, day: date, amount: Decimal | None
) -> dict[int, list[Finding]]:
    """Return the customers of whose verified documents none holds any more; who never had one was recorded before
    documents were, and is not stopped."""
    picked = None if customers is None else list(customers)
    with connection.cursor() as cursor:
        cursor.execute(statement("without_document"), {"customers": picked, "day": day})
        return {pk: [Finding(CODE, "no")] for (pk,) in cursor.fetchall()}


def _sentence(values: Any) -> str:
    return _("No identity document of the customer holds any more: ask for a new one first.")


def register() -> None:
    register_check(Check("kyc", find=without_document, sentences={CODE: _sentence}))
