"""Customers with movements, for tests of daily activity and portraits."""

import random
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from audit.partitions import ensure_months
from customers.models import Account, Customer, ImportRun, ImportState, Source, Transaction
from customers.services.activity import add_batch
from products.models import Product

COLUMNS = [
    "currency",
    "balance",
    "holdings_value",
    "loans_outstanding",
    "overdue_amount",
    "overdue_days",
    "n_30",
    "inflow_30",
    "outflow_30",
    "n_90",
    "inflow_90",
    "outflow_90",
    "largest_90",
    "squares_90",
    "mean_90",
    "deviation_90",
    "active_days_90",
    "frequency",
    "monetary",
    "first_on",
    "last_on",
    "trend",
    "lifecycle",
    "other_currency_n",
    "flags",
]
DAY = date(2026, 6, 30)


def make_source() -> Source:
    return Source.objects.get_or_create(code="test", defaults={"name": "Test"})[0]


def make_product(line: str = "payment", code: str = "wallet") -> Product:
    return Product.objects.get_or_create(
        code=code,
        defaults={
            "name": code,
            "line_id": line,
            "status": "on_sale",
            "currency": "CNY",
            "jurisdiction": "CN",
            "created_at": timezone.now(),
        },
    )[0]


def make_customer(
    name: str = "Ada", *, joined_on: date = date(2024, 1, 1), currency: str = "CNY", **fields
) -> Customer:
    return Customer.objects.create(name=name, joined_on=joined_on, currency=currency, **fields)


def make_account(customer: Customer, *, balance="0", **fields) -> Account:
    return Account.objects.create(
        **{
            "number": f"A{customer.pk}",
            "customer": customer,
            "product": make_product(),
            "currency": customer.currency,
            "balance": Decimal(balance),
            "opened_on": customer.joined_on,
            **fields,
        }
    )


def arrive(*movements: tuple, line: str = "payment") -> int:
    """Let (customer, day, amount[, currency[, kind]]) arrive as one chunk of a new import; return its run's id."""
    source, run = (
        make_source(),
        ImportRun.objects.create(mapping="test", state=ImportState.DONE, created_at=timezone.now()),
    )
    ensure_months("customers_transaction", min(move[1] for move in movements), max(move[1] for move in movements))
    rows = [
        Transaction(
            customer=move[0],
            booked_on=move[1],
            amount=Decimal(str(move[2])),
            currency=move[3] if len(move) > 3 else "CNY",
            kind=move[4] if len(move) > 4 else ("deposit" if Decimal(str(move[2])) > 0 else "payment"),
            line=line,
            source=source,
            external_id=f"{run.pk}-{number}",
            batch=run,
        )
        for number, move in enumerate(movements)
    ]
    made = Transaction.objects.bulk_create(rows)
    ids = [row.pk for row in made]
    add_batch(batch_id=run.pk, first_id=min(ids), last_id=max(ids))
    return run.pk


def random_movements(chance: random.Random, customers: list[Customer], first: date, last: date, n: int) -> list[tuple]:
    days = (last - first).days
    return [
        (
            chance.choice(customers),
            first + timedelta(days=chance.randint(0, days)),
            Decimal(chance.choice([-1, 1]) * chance.randint(1, 300_000)) / 100,
            "CNY" if chance.random() < 0.9 else "USD",
        )
        for _ in range(n)
    ]


def portraits() -> dict[int, tuple]:
    """All portraits by customer, without what says when they were written."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id, {', '.join(COLUMNS)} FROM customers_portrait")
        return {row[0]: row[1:] for row in cursor.fetchall()}


def versions() -> dict[int, tuple]:
    """Which physical version of each portrait stands: it changes whenever a row is written, whatever is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, ctid::text FROM customers_portrait")
        return dict(cursor.fetchall())
