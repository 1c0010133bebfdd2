"""Transactions go in: each (source, external id) once, whoever else brings it at the same time."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from audit.partitions import ensure_months
from customers.ingest import AFTER_BATCH, Batch
from customers.ingest.merge import Counts
from customers.ingest.sql import statement
from customers.ingest.staging import execute, rows_of
from customers.services.activity import add_batch


@dataclass(frozen=True)
class Moved:
    """What became of a piece, and how many of its rows repeat a number with other content."""

    counts: Counts
    first_id: int | None
    last_id: int | None


def ensure_months_of_checked(known: set[tuple[int, int]]) -> None:
    """Make the partitions that the checked rows need. Call it outside the transaction that moves them: attaching a partition
    holds a lock on every referenced table until its transaction ends."""
    months = rows_of(
        "SELECT DISTINCT date_trunc('month', booked_on)::date FROM pg_temp.ingest_checked WHERE problem IS NULL"
    )
    for (month,) in months:
        if (month.year, month.month) not in known:
            ensure_months("customers_transaction", month, month)
            known.add((month.year, month.month))


def move(*, run_id: int, source_id: int, dry: bool) -> Moved:
    """Move the checked rows without a problem into the transactions, their daily activity included.

    Rows that repeat a number with other content get a problem, so call `keep_rejects` afterwards.
    """
    candidates = rows_of("SELECT count(*) FROM pg_temp.ingest_checked WHERE problem IS NULL")[0][0]
    execute("CREATE TEMP TABLE IF NOT EXISTS ingest_new (external_id text)")
    execute("TRUNCATE pg_temp.ingest_new")
    new = execute(statement("look_at_keys" if dry else "take_keys"), {"source": source_id})  # type: ignore[arg-type]
    others = _mark_repeats(source_id, dry) if new < candidates else 0
    counts = Counts(new=new, known=candidates - new - others)
    if dry or not new:
        return Moved(counts, None, None)
    first_id, last_id = _move_fresh(run_id, source_id)
    return Moved(counts, first_id, last_id)


def _mark_repeats(source_id: int, dry: bool) -> int:
    """Mark rows that are not the first of their number; those that say something else become problems. Return how many."""
    execute(statement("mark_repeats"), {"source": source_id, "dry": dry})  # type: ignore[arg-type]
    return execute(
        "UPDATE pg_temp.ingest_checked SET problem = jsonb_build_object('code', 'other_content', 'value', left(external_id, 60))"
        " WHERE repeats = 'other'"
    )


def _move_fresh(run_id: int, source_id: int) -> tuple[int, int]:
    execute(
        "CREATE OR REPLACE TEMP VIEW ingest_fresh AS"
        " SELECT * FROM pg_temp.ingest_checked WHERE problem IS NULL AND repeats IS NULL"
    )
    parameters: Any = {"source": source_id, "run": run_id}
    with connection.cursor() as cursor:
        cursor.execute(statement("move"), parameters)
        rows, first_id, last_id, first_day, last_day = cursor.fetchone()
    add_batch(batch_id=run_id, first_id=first_id, last_id=last_id)
    _tell(Batch(run_id, source_id, rows, first_day, last_day))
    return first_id, last_id


def _tell(batch: Batch) -> None:
    for listener in AFTER_BATCH:
        listener(batch)


def settle_balances(run_id: int) -> int:
    """Let the accounts that a run moved show the newest balance it brought; returns how many changed."""
    return execute(statement("last_balances"), {"run": run_id})  # type: ignore[arg-type]


__all__ = ["Moved", "ensure_months_of_checked", "move", "settle_balances"]
