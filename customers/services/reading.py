from __future__ import annotations

from audit.services import emit
from customers.models import Customer


def open_customer(customer: Customer) -> None:
    """Record that somebody opened a customer's page; who and from where is in the context."""
    emit("read", table="customers_customer", pk=customer.pk, action="customers.customer.opened")
