"""Series for the charts of one customer: balance and flow by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Sum, Window
from django.db.models.functions import RowNumber, TruncMonth
from django.utils.translation import gettext as _

from customers.models import Customer, Transaction
from pages.charts import Chart


def monthly_flow(customer: Customer, *, since: date) -> Chart:
    """Return the chart of inflow and outflow by month in the customer's currency since a date: one query."""
    rows = (
        customer.activity.filter(day__gte=since, currency=customer.currency)
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(into=Sum("inflow"), out=Sum("outflow"))
        .order_by("month")
    )
    return Chart(
        _("Flow by month"), kind="bar", unit=customer.currency, x=[f"{row['month']:%Y-%m}" for row in rows],
        series={_("In"): [row["into"] for row in rows], _("Out"): [row["out"] for row in rows]},
    )  # fmt: skip


def monthly_balance(customer: Customer, *, since: date) -> Chart:
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
    months = _carried(list(rows))
    return Chart(
        _("Balance by month"), kind="area", unit=customer.currency, x=[f"{month:%Y-%m}" for month in months],
        series={_("Balance"): list(months.values())},
    )  # fmt: skip


def _carried(rows: list[tuple[date, int, Decimal]]) -> dict[date, Decimal]:
    """Add accounts up month by month; an account that did not move keeps its last balance."""
    last: dict[int, Decimal] = {}
    months: dict[date, Decimal] = {}
    for month, account, balance in rows:
        last[account] = balance
        months[month] = sum(last.values(), Decimal(0))
    return months
