"""What the log costs: a saved row, a bulk update, bytes on disk. Audited and unaudited twins of one table, in one
run."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connection, models

from audit.context import acting

ROOT = Path(__file__).parent.parent
TWINS = {"bench_audited": True, "bench_bare": False}
CONTEXT = {
    "actor_id": 7,
    "session": "abcdef0123456789",
    "request": "0190a0a0-0000-7000-8000-000000000000",
    "address": "10.0.0.1",
}
# Columns and indexes of an ordinary record of ours: a loan, an account, an alert.
TABLE = """
    CREATE TABLE {0} (id bigint PRIMARY KEY, reference text NOT NULL UNIQUE, owner_id bigint NOT NULL, state text NOT
    NULL,
        currency text NOT NULL, principal numeric(18,2) NOT NULL, rate numeric(9,6) NOT NULL, opened_on date NOT NULL,
        updated_at timestamptz NOT NULL, note text NOT NULL);
    INSERT INTO {0} SELECT n, 'L-' || n, n % 5000, 'open', 'CNY', n, 0.05, date '2026-01-01', now(), repeat('x', 40)
      FROM generate_series(1, {1}) AS n;
    CREATE INDEX ON {0} (owner_id, opened_on DESC);
    CREATE INDEX ON {0} (state, updated_at);
"""


def model_of(table: str) -> type[models.Model]:
    fields = {
        "id": models.BigIntegerField(primary_key=True),
        "reference": models.TextField(),
        "owner_id": models.BigIntegerField(),
        "state": models.TextField(),
        "currency": models.TextField(),
        "principal": models.DecimalField(max_digits=18, decimal_places=2),
        "rate": models.DecimalField(max_digits=9, decimal_places=6),
        "opened_on": models.DateField(),
        "updated_at": models.DateTimeField(auto_now=True),
        "note": models.TextField(),
    }
    options = type("Meta", (), {"app_label": "audit", "db_table": table, "managed": False})
    return type(table.title(), (models.Model,), {**fields, "__module__": __name__, "Meta": options})


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is 100,000 rows in bulk and 1,000 single saves a twin."""
    rows, saves = max(1000, int(100_000 * scale)), max(200, int(1000 * scale))
    with connection.cursor() as cursor, acting(**CONTEXT):
        for table, audited in TWINS.items():
            cursor.execute(f"DROP TABLE IF EXISTS {table}; {TABLE.format(table, rows)}")
            cursor.execute(f"ANALYZE {table}")
            if audited:
                cursor.execute(f"SELECT audit_attach('{table}', 'id', '', '', '')")
        try:
            ours = single(saves)
            return [ours, *peers(saves, ours["value"]), bulk(cursor, rows), size(cursor)]
        finally:
            for table in TWINS:
                cursor.execute(f"DROP TABLE {table}")


def single(saves: int) -> dict[str, Any]:
    """One row changed and saved by the ORM in a transaction of its own, audited against unaudited, turn by turn."""
    loans = {table: list(model_of(table).objects.order_by("id")[:saves]) for table in TWINS}
    taken: dict[str, list[float]] = {table: [] for table in TWINS}
    for number in range(saves):
        for table in TWINS:
            loan = loans[table][number]
            loan.state, loan.principal = "closed", number + 1
            begun = time.perf_counter()
            loan.save()
            taken[table].append(time.perf_counter() - begun)
    median = {table: statistics.median(times) for table, times in taken.items()}
    return figure("single save, audited / unaudited", median["bench_audited"] / median["bench_bare"], "×", 1.2, saves)


def peers(saves: int, ours: float) -> list[dict[str, Any]]:
    """The same save as other libraries write it down, each against one that nothing writes, in a process that holds
    nothing of ours. The goal is that ours costs no more."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.peers", str(saves)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"The other libraries did not run: {ran.stderr[-800:]}")
    medians = json.loads(ran.stdout.splitlines()[-1])
    return [
        {
            **figure(f"single save, {name} / unaudited", taken / medians["unaudited"], "×", ours, saves),
            "better": "higher",
            "holds": taken / medians["unaudited"] >= ours,
        }
        for name, taken in medians.items()
        if name != "unaudited"
    ]


def bulk(cursor: Any, rows: int) -> dict[str, Any]:
    """One UPDATE of every row, best of three, audited against unaudited."""
    taken: dict[str, list[float]] = {table: [] for table in TWINS}
    for turn in range(3):
        for table in TWINS:
            begun = time.perf_counter()
            cursor.execute(f"UPDATE {table} SET principal = principal + 1, state = 'turn {turn}'")
            taken[table].append(time.perf_counter() - begun)
    return figure(
        "bulk UPDATE, audited / unaudited", min(taken["bench_audited"]) / min(taken["bench_bare"]), "×", 6, rows
    )


def size(cursor: Any) -> dict[str, Any]:
    """The row of an update of two or three fields with its full context, without its indexes."""
    cursor.execute("SELECT avg(pg_column_size(e.*)), count(*) FROM audit_event e WHERE table_name = 'bench_audited'")
    average, rows = cursor.fetchone()
    return figure("bytes an event", float(average), "bytes", 300, rows)


def figure(name: str, value: float, unit: str, goal: float, rows: int) -> dict[str, Any]:
    return {
        "name": f"audit: {name}",
        "value": round(value, 2),
        "unit": unit,
        "goal": goal,
        "better": "lower",
        "holds": value <= goal,
        "rows": rows,
    }
