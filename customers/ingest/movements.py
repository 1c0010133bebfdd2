"""Transactions go in: each (source, external id) once, whoever else brings it at the same time."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from audit.partitions import ensure_months
from customers.ingest import AFTER_BATCH, Batch
from customers.ingest.merge import Counts
from customers.ingest.sql import statement
from customers.ingest.staging import execute, rows_of
from customers.services.activity import SHARED_LOCK, add_batch


@dataclass(frozen=True)
class Staged:
    """What is among the checked rows: how many can be taken, and the span of their days."""

    rows: int
    first_day: date | None = None
    last_day: date | None = None


def survey(known_months: set[date], *, make_months: bool) -> Staged:
    """Count the checked rows that can be taken, and make the partitions that they need.

    Call it outside the transaction that moves them: attaching a partition locks every other writer of months out
    until the end.
    """
    months = rows_of(
        "SELECT date_trunc('month', booked_on)::date, count(*), min(booked_on), max(booked_on)"
        " FROM pg_temp.ingest_checked WHERE problem IS NULL GROUP BY 1"
    )
    for month, *_others in months if make_months else []:
        if month not in known_months:
            ensure_months("customers_transaction", month, month)
            known_months.add(month)
    if not months:
        return Staged(0)
    execute("DROP TABLE IF EXISTS pg_temp.ingest_rolled")
    execute(statement("roll_up"))
    return Staged(sum(row[1] for row in months), min(row[2] for row in months), max(row[3] for row in months))


def move(staged: Staged, *, run_id: int, source_id: int, dry: bool) -> Counts:
    """Move the checked rows without a problem into the transactions, their daily activity included.

    Rows that repeat a number with other content get a problem, so call `keep_rejects` afterwards.
    """
    if not staged.rows:
        return Counts()
    if not dry and _take_all(source_id):
        return _move_fresh(staged, run_id, source_id, staged.rows, all_of_them=True)
    execute("CREATE TEMP TABLE IF NOT EXISTS ingest_new (external_id text)")
    execute("TRUNCATE pg_temp.ingest_new")
    new = execute(statement("look_at_keys" if dry else "take_keys"), {"source": source_id})
    others = _mark_repeats(source_id, dry)
    counts = _move_fresh(staged, run_id, source_id, new, all_of_them=False) if new and not dry else Counts(new=new)
    counts.known = staged.rows - new - others
    return counts


def _take_all(source_id: int) -> bool:
    """Take the keys of all rows if not one of them was taken before, which is how files usually are; else take none."""
    try:
        with transaction.atomic():
            execute(statement("take_all_keys"), {"source": source_id})
    except IntegrityError:
        return False
    return True


def _mark_repeats(source_id: int, dry: bool) -> int:
    """Mark rows that are not the first of their number; those that say something else become problems. Return how
    many.
    """
    execute(statement("mark_repeats"), {"source": source_id, "dry": dry})
    return execute(
        "UPDATE pg_temp.ingest_checked"
        " SET problem = jsonb_build_object('code', 'other_content', 'value', left(external_id, 60))"
        " WHERE repeats = 'other'"
    )


def _move_fresh(staged: Staged, run_id: int, source_id: int, rows: int, *, all_of_them: bool) -> Counts:
    """Ids of one statement lie between two values of the sequence; ids of other writers in between bear another
    import.
    """
    execute(
        "CREATE OR REPLACE TEMP VIEW ingest_fresh AS"
        " SELECT * FROM pg_temp.ingest_checked WHERE problem IS NULL AND repeats IS NULL"
    )
    before = rows_of("SELECT nextval('customers_transaction_id_seq')")[0][0]
    execute(statement("move"), {"source": source_id, "run": run_id})
    last = rows_of("SELECT currval('customers_transaction_id_seq')")[0][0]
    assert staged.first_day is not None
    assert staged.last_day is not None
    if all_of_them:
        _add_rolled(staged, run_id, before + 1, last)
    else:
        add_batch(batch_id=run_id, first_id=before + 1, last_id=last)
    _tell(Batch(run_id, source_id, rows, staged.first_day, staged.last_day))
    return Counts(new=rows)


def _add_rolled(staged: Staged, run_id: int, first_id: int, last_id: int) -> None:
    """Add what was rolled up beforehand: every row of it is a transaction now. The lock is the one of `add_batch`."""
    execute(SHARED_LOCK)
    days = {"first_day": staged.first_day, "last_day": staged.last_day}
    execute(
        statement("add_rolled"), {"run": run_id, "first_id": first_id, "last_id": last_id, "rows": staged.rows, **days}
    )


def _tell(batch: Batch) -> None:
    for listener in AFTER_BATCH:
        listener(batch)


def settle_balances(run_id: int) -> int:
    """Let the accounts that a run moved show the newest balance it brought; returns how many changed."""
    return execute(statement("last_balances"), {"run": run_id})
