"""Series for the charts of one customer: balance and flow by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Sum, Window
from django.db.models.functions import RowNumber, TruncMonth
from django.utils.translation import gettext as _

from customers.models import Customer, Transaction


def monthly_flow(customer: Customer, *, since: date) -> dict[str, Any]:
    """Return the chart of inflow and outflow by month in the customer's currency since a date: one query."""
    rows = (
        customer.activity.filter(day__gte=since, currency=customer.currency)
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(into=Sum("inflow"), out=Sum("outflow"))
        .order_by("month")
    )
    return {
        "kind": "bar", "title": _("Flow by month"), "unit": customer.currency,
        "x": [f"{row['month']:%Y-%m}" for row in rows],
        "series": [
            {"name": _("In"), "data": [float(row["into"]) for row in rows]},
            {"name": _("Out"), "data": [float(row["out"]) for row in rows]},
        ],
    }


def monthly_balance(customer: Customer, *, since: date) -> dict[str, Any]:
    """Return the chart of the balance at the end of each month in which something moved, summed over accounts."""
    rows = (
        Transaction.objects.filter(customer=customer, booked_on__gte=since, currency=customer.currency, balance_after__isnull=False)
        .annotate(
            month=TruncMonth("booked_on"),
            newest=Window(RowNumber(), partition_by=[F("account"), TruncMonth("booked_on")], order_by=[F("booked_on").desc(), F("id").desc()]),
        )
        .filter(newest=1)
        .values_list("month", "account_id", "balance_after")
        .order_by("month")
    )
    return {"kind": "area", "title": _("Balance by month"), "unit": customer.currency, **_carried(list(rows))}


def _carried(rows: list[tuple[date, int, Any]]) -> dict[str, Any]:
    """Add accounts up month by month; an account that did not move keeps its last balance."""
    last: dict[int, Any] = {}
    months: dict[date, float] = {}
    for month, account, balance in rows:
        last[account] = balance
        months[month] = float(sum(last.values()))
    return {"x": [f"{month:%Y-%m}" for month in months], "series": [{"name": _("Balance"), "data": list(months.values())}]}
