"""Looking for duplicates among all customers, from nothing; and a list of a hundred thousand rows as a file.

Some customers are copies of others under another number, so that there is something to find; names and regions of the rest
repeat as they do in a country."""

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.datasets import LAST_DAY, Size
from bench.people import TABLE, people_of
from customers.models import Customer, DuplicatePair, MatchKey
from customers.services.duplicates import find_duplicates
from customers.tables import customer_columns
from staff.exports import Export, write_file
from staff.list_exports import cell_of

EVERY = 100  # one customer in so many has the telephone and the document of the one before
ROWS = 100_000
COPIES = f"""
UPDATE {TABLE} c SET kind = o.kind, phone_index = o.phone_index, identity_index = o.identity_index, name = o.name, region = o.region
  FROM {TABLE} o WHERE c.id %% %(every)s = 0 AND o.id = c.id - 1
"""


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is a million customers."""
    size = Size.at(scale)
    people_of(size)
    _forget()
    whole, found = _timed()
    again, _none = _timed()
    seconds, rows, grown = _export(min(ROWS, size.customers))
    return [
        _result("all customers compared with all", whole, 300 * max(scale, 0.05), "s", size.customers),
        _result("a search where nobody was changed", again, 30 * max(scale, 0.05), "s", size.customers),
        _result(
            "of the copies, found", found / max(size.customers // EVERY, 1), 0.95, "share", size.customers, "higher"
        ),
        _result("a list of 100,000 rows as a file", seconds, 60, "s", rows),
        _result("memory that writing it added", grown, 50, "MB", rows),
    ]


def _forget() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        cursor.execute(COPIES, {"every": EVERY})
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
        cursor.execute(
            f"SELECT format('ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER %%I', tgname) FROM pg_trigger WHERE tgrelid = '{TABLE}'::regclass"
            " AND NOT tgisinternal",
            [],
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
    DuplicatePair.objects.all().delete()
    MatchKey.objects.all().delete()


def _timed() -> tuple[float, int]:
    began = time.perf_counter()
    find_duplicates(business_date=LAST_DAY, at=timezone.now())
    return time.perf_counter() - began, DuplicatePair.objects.open().count()


def _export(rows: int) -> tuple[float, int, float]:
    """The customer list's own columns, as `staff.list_exports` writes them."""
    columns = list(customer_columns(_Reader()))
    found = Customer.objects.standing().for_list().order_by("-id")[:rows]
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        values = ([cell_of(column, column.text(row)) for column in columns] for row in found.iterator(2_000))
        export = Export("customers", [column.label for column in columns], values, rows)
        write_file(Path(folder) / "list.csv", "csv", export, progress=lambda done, total, sentence: None)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return time.perf_counter() - began, rows, grown


class _Reader:
    """Somebody who may see names."""

    def has_perm(self, perm: str) -> bool:
        return True


def _result(name: str, value: float, goal: float, unit: str, rows: int, better: str = "lower") -> dict[str, Any]:
    value, goal = round(value, 2), round(goal, 2)
    holds = value <= goal if better == "lower" else value >= goal
    return {"name": name, "value": value, "unit": unit, "goal": goal, "better": better, "holds": holds, "rows": rows}
