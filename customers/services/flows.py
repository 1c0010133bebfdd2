"""Series for the charts of one customer: balance and flow by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.sql import statement
from pages.charts import Chart


def monthly_flow(customer: Customer, *, since: date, until: date, lines: Sequence[str] = ()) -> Chart:
    """Return the chart of what came and went by month in the customer's currency: one query.

    `lines` narrows it to the business lines that the reader sees; none means all."""
    rows = _by_month("flow_by_month", customer, since, until, lines)
    return Chart(
        _("Flow by month"),
        kind="bar",
        unit=customer.currency,
        x=[f"{month:%Y-%m}" for month, _came, _went in rows],
        series={_("In"): [came for _month, came, _went in rows], _("Out"): [went for _month, _came, went in rows]},
    )


def monthly_balance(customer: Customer, *, since: date, until: date, lines: Sequence[str] = ()) -> Chart:
    """Return the chart of the balance at the end of each month, summed over accounts of the customer's currency."""
    rows = _by_month("balance_by_month", customer, since, until, lines)
    return Chart(
        _("Balance by month"),
        kind="area",
        unit=customer.currency,
        x=[f"{month:%Y-%m}" for month, _balance in rows],
        series={_("Balance"): [balance for _month, balance in rows]},
    )


def _by_month(name: str, customer: Customer, since: date, until: date, lines: Sequence[str]) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "customer": customer.pk,
        "numbers": customer.numbers,
        "currency": customer.currency,
        "since": since,
        "until": until,
        "lines": list(lines) or None,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        return cursor.fetchall()
