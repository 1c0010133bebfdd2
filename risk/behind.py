"""The rows behind a measure that no other list shows: who, how much, where they are opened. Only what the reader may
see.

Each function takes the reader, the business date and a line (None is all), and returns columns and at most `MOST` rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, ImportFile, Portrait, Transaction
from pages.columns import Column
from pages.formats import amount, day, number, percent
from risk.columns import customer_link
from risk.models import Parameter
from staff.models import User

MOST = 200
ZERO = Value(Decimal(0))
NOT_MOVED_BY_CUSTOMERS = ("interest", "fee", "reward", "reversal")


@dataclass(frozen=True)
class Behind:
    """Columns and rows, largest first; `sentence` says what one row is."""

    sentence: str | Promise
    columns: Sequence[Column]
    rows: list[Any]


def _customer_columns() -> list[Column]:
    return [Column("customer", _("Customer"), lambda row: customer_link(row["reference"]), mono=True)]


def _money(key: str, label: Any) -> Column:
    return Column(key, label, lambda row: amount(row[key]), numeric=True)


CURRENCY = Column("currency", _("Currency"), lambda row: row["currency"])


def large_transactions(user: User, at: date, line: str | None) -> Behind:
    """Customer, day and direction wherever the sum reached the reporting amount of the customer's kind."""
    moved = (
        _movements(user, at - timedelta(days=29), at, line)
        .exclude(kind__in=NOT_MOVED_BY_CUSTOMERS)
        .values("booked_on", "currency", reference=F("customer__reference"), kind_of=F("customer__kind"))
        .annotate(inflow=_sum(amount__gt=0), outflow=-_sum(amount__lt=0), n=Count("id"))
    )
    reached = Q()
    for (kind, currency), bound in thresholds(at).items():
        reached |= Q(kind_of=kind, currency=currency) & (Q(inflow__gte=bound) | Q(outflow__gte=bound))
    rows = list(moved.filter(reached).order_by("-booked_on", "reference")[:MOST]) if reached else []
    return Behind(
        _("One row is a customer's day on which money in or money out reached the reporting amount."),
        [
            *_customer_columns(),
            Column("day", _("Day"), lambda row: day(row["booked_on"])),
            _money("inflow", _("In")),
            _money("outflow", _("Out")),
            CURRENCY,
            Column("n", _("Movements"), lambda row: number(row["n"]), numeric=True),
        ],
        rows,
    )


def thresholds(at: date) -> dict[tuple[str, str], Decimal]:
    """Return the reporting amounts in force on `at`, by kind of customer and currency."""
    named = Parameter.objects.filter(code__startswith="large_transaction_")
    law = settings.COMPANY_JURISDICTION
    in_law = named.filter(jurisdiction=law if named.filter(jurisdiction=law).exists() else "CN")
    in_force = in_law.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=at), valid_from__lte=at).order_by("valid_from")
    return {(row.code.removeprefix("large_transaction_"), row.currency): row.value for row in in_force}


def net_outflow(user: User, at: date, line: str | None) -> Behind:
    """Customers by what they took out in the week, less what they brought."""
    moved = (
        _movements(user, at - timedelta(days=6), at, None)
        .exclude(kind__in=("purchase", "redemption"))
        .values("currency", reference=F("customer__reference"))
        .annotate(inflow=_sum(amount__gt=0), outflow=-_sum(amount__lt=0), net=-Sum("amount"))
        .order_by("-net", "reference")
    )
    return Behind(
        _("One row is a customer's week: the largest net outflow first."),
        [
            *_customer_columns(),
            _money("inflow", _("In")),
            _money("outflow", _("Out")),
            _money("net", _("Net outflow")),
            CURRENCY,
        ],
        list(moved[:MOST]),
    )


def net_redemption(user: User, at: date, line: str | None) -> Behind:
    """Customers and products by what was redeemed on the day, less what was subscribed."""
    moved = (
        _movements(user, at, at, None)
        .filter(kind__in=("purchase", "redemption"), product__line__in=[line] if line else ["wealth", "fund"])
        .values("currency", reference=F("customer__reference"), product_name=F("product__name"))
        .annotate(redeemed=_sum(kind="redemption"), subscribed=-_sum(kind="purchase"), net=Sum("amount"))
        .order_by("-net", "reference")
    )
    return Behind(
        _("One row is a customer and a product on the day: the largest net redemption first."),
        [
            *_customer_columns(),
            Column("product", _("Product"), lambda row: row["product_name"]),
            _money("redeemed", _("Redeemed")),
            _money("subscribed", _("Subscribed")),
            _money("net", _("Net redemption")),
            CURRENCY,
        ],
        list(moved[:MOST]),
    )


def largest_customers(user: User, at: date, line: str | None) -> Behind:
    """The customers that the share is about, and those after them, in the currency of most."""
    seen = Portrait.objects.filter(customer__in=Customer.objects.visible_to(user))
    main = (
        Portrait.objects.values("currency")
        .annotate(n=Count("pk"))
        .order_by("-n", "currency")
        .values_list("currency", flat=True)[:1]
    )
    rows = (
        seen.filter(currency__in=list(main))
        .annotate(kept=F("balance") + F("holdings_value"), reference=F("customer__reference"))
        .filter(kept__gt=0)
        .order_by("-kept", "-customer_id")
        .values("reference", "balance", "holdings_value", "kept", "currency")
    )
    return Behind(
        _("One row is a customer: the largest sum of balances and holdings first. The first ten are counted."),
        [
            *_customer_columns(),
            _money("balance", _("Balance")),
            _money("holdings_value", _("Holdings")),
            _money("kept", _("Sum")),
            CURRENCY,
        ],
        list(rows[:50]),
    )


def rejected_rows(user: User, at: date, line: str | None) -> Behind:
    """Files that were read in the 30 days, by how many of their rows were not taken."""
    files = ImportFile.objects.none()
    if user.has_perm("customers.view_importrun"):
        files = ImportFile.objects.filter(
            run__dry_run=False,
            run__started_at__date__gt=at - timedelta(days=30),
            run__started_at__date__lte=at,
            rows_read__gt=0,
        )
    rows = files.select_related("run").order_by("-rows_rejected", "-pk")
    return Behind(
        _("One row is a file of an import: the most rejected rows first."),
        [
            Column("name", _("File"), lambda row: row.name or row.target),
            Column("mapping", _("Mapping"), lambda row: row.run.mapping),
            Column("day", _("Read on"), lambda row: day(row.run.started_at)),
            Column("read", _("Rows read"), lambda row: number(row.rows_read), numeric=True),
            Column("rejected", _("Rejected"), lambda row: number(row.rows_rejected), numeric=True),
            Column("share", _("Share"), lambda row: percent(Decimal(row.rows_rejected) / row.rows_read), numeric=True),
        ],
        list(rows[:MOST]),
    )


def _movements(user: User, first: date, last: date, line: str | None) -> QuerySet[Transaction]:
    seen = Transaction.objects.visible_to(user).filter(booked_on__gte=first, booked_on__lte=last)
    return seen.filter(line=line) if line else seen


def _sum(**condition: Any) -> Coalesce:
    return Coalesce(Sum("amount", filter=Q(**condition)), ZERO)


BEHIND: dict[str, Callable[[User, date, str | None], Behind]] = {
    "large_transaction_count": large_transactions,
    "net_outflow_share": net_outflow,
    "net_redemption_share": net_redemption,
    "top_10_customer_share": largest_customers,
    "import_reject_rate": rejected_rows,
}
