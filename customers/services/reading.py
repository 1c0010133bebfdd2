"""Reading is logged: who opened a customer, and who looked for one by a number that names them."""

from __future__ import annotations

from collections.abc import Sequence

from audit.services import emit
from customers.models import Customer, ImportRun
from customers.rules.search import number_in, read_search


def open_customer(customer: Customer, part: str = "overview", record: int | None = None) -> None:
    """Record that somebody opened a customer's page; who and from where is in the context.

    `part` is what they saw of the customer; `record` is the number of the account or loan that was opened.
    """
    seen = {"part": part} if record is None else {"part": part, "record": record}
    emit("read", table="customers_customer", pk=customer.pk, action="customers.customer.opened", detail=seen)


def open_rejects(run: ImportRun) -> None:
    """Record that somebody read rows of an import as they came, with whatever they say of people."""
    emit("read", table="customers_importrun", pk=run.pk, action="customers.import.rejects_opened")


def record_search(text: str, found: Sequence[Customer], where: str) -> None:
    """Record a search that names one person by a number; other searches are no event.

    The number is kept as a salted hash. Where it led to one customer, the event is of that customer; else it says how
    many were shown.
    """
    kind, number = number_in(read_search(text))
    if kind:
        emit(
            "read",
            table="customers_customer",
            pk=found[0].pk if len(found) == 1 else "",
            action="customers.customer.searched",
            detail={"by": kind, "where": where, "shown": len(found)},
            personal={"number": number},
        )
