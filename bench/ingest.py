"""Loading transactions: the importer, all checks on, against a bare COPY of the same rows and against bulk_create;
its memory.

All go into the same table with its indexes, each into months that were empty. Two COPYs stand around the import, so
that a machine that grows warm or tired favours neither.
"""

import csv
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from subprocess import Popen
from typing import Any

from django.db import connection
from django.utils import timezone

from audit.context import acting
from audit.partitions import ensure_months
from bench.datasets import empty
from customers.ingest.mapping import parse_mapping
from customers.models import Account, Source, Transaction
from customers.services.imports import import_folder

DAYS = 180
COLUMNS = (
    "customer_id, account_id, product_id, line, booked_on, kind, amount, currency, balance_after, channel,"
    " counterparty, purpose, source_id, external_id"
)
STYLE = """
[source]
code = "{code}"
[defaults]
currency = "CNY"
jurisdiction = "CN"
[[products]]
code = "bench-wallet"
name = "Wallet"
line = "payment"
"""
PEOPLE = (
    STYLE
    + """
[[files]]
name = "people.csv"
target = "customers"
[files.columns]
external_id = "id"
name = {{ template = "Customer {{id}}" }}
joined_on = {{ constant = "2020-01-01" }}
[[files]]
name = "people.csv"
target = "accounts"
[files.columns]
external_id = "id"
customer = "id"
product = {{ constant = "bench-wallet" }}
opened_on = {{ constant = "2020-01-01" }}
"""
)
MOVEMENTS = (
    STYLE
    + """
[[files]]
name = "transactions.csv"
target = "transactions"
[files.columns]
external_id = "id"
account = "account"
booked_on = "date"
kind = {{ column = "type", map = {{ IN = "deposit", OUT = "withdrawal", PAY = "payment" }} }}
amount = {{ column = "amount", sign = {{ column = "type", plus = ["IN"], minus = ["OUT", "PAY"] }} }}
balance_after = "balance"
channel = "channel"
counterparty = "payee"
"""
)
CODE = "bench"
KINDS = {"IN": "deposit", "OUT": "withdrawal", "PAY": "payment"}


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is a million transactions, of 2,000 accounts over half a year: they pay almost
    three times a day.
    """
    rows, accounts = max(5_000, int(1_000_000 * scale)), max(50, int(2_000 * scale))
    with acting(label="bench:ingest"), tempfile.TemporaryDirectory() as folder:
        empty()
        place = Path(folder)
        _people(place, accounts)
        before = _copy(place, rows, accounts)
        imported = _import(place, rows, accounts)
        after = _copy(place, rows, accounts)
        created = _bulk_create(place, max(2_000, rows // 5), accounts)
        small, large = (_memory(place, n, accounts) for n in (rows // 4, rows))
    copied = 2 / (1 / before + 1 / after)
    return [
        _figure("ingest: rows a second against a bare COPY", imported / copied, "×", 0.5, "higher", rows),
        _figure("ingest: rows a second against bulk_create", imported / created, "×", 3, "higher", rows),
        _figure("ingest: rows a second", imported, "rows/s", None, "higher", rows),
        _figure("ingest: peak memory of the importer", large, "MB", 300, "lower", rows),
        _figure("ingest: peak memory, a file four times as long", large / small, "×", 1.25, "lower", rows),
    ]


def _figure(name: str, value: float, unit: str, goal: float | None, better: str, rows: int) -> dict[str, Any]:
    holds = goal is None or (value <= goal if better == "lower" else value >= goal)
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "goal": goal,
        "better": better,
        "holds": holds,
        "rows": rows,
    }


def _rows(rows: int, accounts: int, first: date) -> Iterator[tuple]:
    """Yield made-up transactions in the order of their days: id, account, date, type, amount, balance, channel,
    payee.
    """
    chance = random.Random(7)
    prefix, channels = f"{first:%y}", ("app", "web", "card")
    for n in range(rows):
        day = first + timedelta(days=n * DAYS // rows)
        kind = ("IN", "OUT", "PAY", "PAY", "PAY", "PAY")[chance.randrange(6)]
        amount = f"{chance.randrange(1, 500_000) / 100:.2f}"
        yield (
            f"{prefix}T{n:09d}", chance.randrange(accounts), day, kind, amount, f"{chance.randrange(10**7) / 100:.2f}",
            channels[n % 3], f"Payee {n % 997}",
        )  # fmt: skip


def _people(place: Path, accounts: int) -> None:
    with (place / "people.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id"], *([n] for n in range(accounts))])
    _do_import(PEOPLE, place)


def _do_import(text: str, place: Path) -> None:
    mapping = parse_mapping(text.format(code=CODE).encode(), title="bench")
    import_folder(actor=None, mapping=mapping, folder=place, dry_run=False, at=timezone.now())


def _write(place: Path, rows: int, accounts: int) -> None:
    with (place / "transactions.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "account", "date", "type", "amount", "balance", "channel", "payee"])
        writer.writerows(_rows(rows, accounts, _fresh()))


def _import(place: Path, rows: int, accounts: int) -> float:
    _write(place, rows, accounts)
    began = time.perf_counter()
    _do_import(MOVEMENTS, place)
    return rows / (time.perf_counter() - began)


def _fresh() -> date:
    """Return the first day of a year that this table has nothing of, so that every contender begins with empty
    partitions.
    """
    taken = {day.year for day in Transaction.objects.dates("booked_on", "year")}
    return date(next(year for year in range(1971, timezone.localdate().year) if year not in taken), 1, 1)


def _finished(rows: int, accounts: int, first: date) -> Iterator[tuple]:
    """Yield the same rows as they stand in the table."""
    people = _people_by_number()
    source = Source.objects.get(code=CODE).pk
    for number, account, day, kind, amount, balance, channel, payee in _rows(rows, accounts, first):
        account_id, customer_id, product_id = people[str(account)]
        signed = amount if kind == "IN" else f"-{amount}"
        yield (
            customer_id,
            account_id,
            product_id,
            "payment",
            day,
            KINDS[kind],
            signed,
            "CNY",
            balance,
            channel,
            payee,
            "",
            source,
            number,
        )


def _people_by_number() -> dict[str, tuple[int, int, int]]:
    accounts = Account.objects.filter(source__code=CODE).values_list("external_id", "id", "customer_id", "product_id")
    return {number: (pk, customer, product) for number, pk, customer, product in accounts}


def _copy(place: Path, rows: int, accounts: int) -> float:
    """COPY the finished rows from a file, as psql would, into partitions that are there, and return rows a second."""
    first = _fresh()
    ensure_months("customers_transaction", first, first + timedelta(days=DAYS))
    path = place / "finished.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(_finished(rows, accounts, first))
    began = time.perf_counter()
    with (
        connection.cursor() as cursor,
        path.open("rb") as file,
        cursor.copy(
            f"COPY customers_transaction ({COLUMNS}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (purpose))"
        ) as copy,
    ):
        while piece := file.read(2**20):
            copy.write(piece)
    return rows / (time.perf_counter() - began)


def _bulk_create(place: Path, rows: int, accounts: int) -> float:
    """What one writes with Django alone: read the file, look accounts up, build objects, bulk_create. No checks, no keys."""
    first = _fresh()
    ensure_months("customers_transaction", first, first + timedelta(days=DAYS))
    _write(place, rows, accounts)
    began = time.perf_counter()
    people, source = _people_by_number(), Source.objects.get(code=CODE).pk
    with (place / "transactions.csv").open(newline="") as file:
        objects = (_object(row, people, source) for row in csv.DictReader(file))
        while batch := list(islice(objects, 1000)):
            Transaction.objects.bulk_create(batch)
    return rows / (time.perf_counter() - began)


def _object(row: dict[str, str], people: dict[str, tuple[int, int, int]], source: int) -> Transaction:
    account_id, customer_id, product_id = people[row["account"]]
    amount = Decimal(row["amount"])
    return Transaction(
        customer_id=customer_id,
        account_id=account_id,
        product_id=product_id,
        line="payment",
        booked_on=date.fromisoformat(row["date"]),
        kind=KINDS[row["type"]],
        amount=amount if row["type"] == "IN" else -amount,
        currency="CNY",
        balance_after=Decimal(row["balance"]),
        channel=row["channel"],
        counterparty=row["payee"],
        source_id=source,
        external_id=row["id"],
    )


def _memory(place: Path, rows: int, accounts: int) -> float:
    """Import in a process of its own and return the most memory it held at a time, in megabytes."""
    _write(place, rows, accounts)
    mapping = place / "mapping.toml"
    mapping.write_text(MOVEMENTS.format(code=CODE))
    command = [sys.executable, "manage.py", "import_data", "--skip-checks", str(mapping), str(place)]
    process = Popen(command, cwd=Path(__file__).parent.parent, env=os.environ.copy(), stdout=-3, stderr=-3)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"The importer ended with {process.returncode}.")
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
