"""What a customer has in each business line, what they owe there, and what falls due soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import Customer
from customers.sql import statement
from staff.models import User

AHEAD = timedelta(days=90)
MOST = 20  # dates shown


@dataclass(frozen=True)
class Exposure:
    """One line in one currency; amounts of different currencies are never added up."""

    line: str
    currency: str
    accounts: int
    holdings: int
    loans: int
    balance: Decimal
    held: Decimal
    insured: Decimal
    owed: Decimal


@dataclass(frozen=True)
class Upcoming:
    """Something that falls due: an instalment, the end of a loan or of a product held, the last day to withdraw, the end
    of an assessment."""

    day: date
    kind: str
    product: str
    loan_id: int | None
    amount: Decimal | None
    currency: str
    line: str


def exposure_of(customer: Customer, *, reader: User, day: date) -> list[Exposure]:
    """Return what the customer has and owes as of `day`, in the lines that `reader` sees: one query."""
    return [Exposure(*row) for row in _rows("exposure", customer, reader, {"day": day})]


def totals(exposures: list[Exposure]) -> list[Exposure]:
    """Return the sum over all lines, one for each currency, in order of the currencies' codes."""
    return [
        Exposure(
            "", currency, *(sum(getattr(one, name) for one in exposures if one.currency == currency) for name in SUMS)
        )
        for currency in sorted({one.currency for one in exposures})
    ]


SUMS = ("accounts", "holdings", "loans", "balance", "held", "insured", "owed")


def upcoming_of(customer: Customer, *, reader: User, day: date) -> tuple[list[Upcoming], bool]:
    """Return the first dates within 90 days from `day` in the lines that `reader` sees, and whether there are more: one
    query."""
    asked = {
        "since": day,
        "until": day + AHEAD,
        "limit": MOST + 1,
        "sees_periods": reader.has_perm("customers.view_coolingoff"),
        "sees_class": reader.has_perm("customers.view_suitabilityresult"),
    }
    found = [Upcoming(*row) for row in _rows("upcoming", customer, reader, asked)]
    return found[:MOST], len(found) > MOST


def _rows(name: str, customer: Customer, reader: User, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement(name), {"customer": customer.pk, "lines": list(reader.business_lines) or None, **asked}
        )
        return cursor.fetchall()
