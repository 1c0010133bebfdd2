"""Books the demo company's movements: COPY into a temporary table, then into the partitions in one statement."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import connection

from audit.partitions import ensure_months
from audit.services import record_batch
from customers.models import Account, ImportRun, ImportState, Source
from operations.demo.movements import Movement, at_time, covered

COLUMNS = "customer_id, account_id, product_id, line, booked_on, booked_at, kind, amount, currency, balance_after, channel, counterparty, purpose"
MOVE = f"""
WITH seen AS (
    INSERT INTO customers_transactionkey (source_id, external_id, booked_on)
    SELECT %(source)s, external_id, booked_on FROM demo_movement ON CONFLICT DO NOTHING
)
INSERT INTO customers_transaction ({COLUMNS}, source_id, external_id, batch_id)
SELECT {COLUMNS}, %(source)s, external_id, %(batch)s FROM demo_movement ORDER BY booked_on, external_id
"""


def book(moves: Iterable[Movement], *, now: datetime) -> ImportRun:
    """Write all movements as one batch of the platform, with balances; the accounts get their last balance."""
    source = Source.objects.get(code="platform")
    run = ImportRun.objects.create(
        source=source, mapping="demo", state=ImportState.DONE, created_at=now, started_at=now, ended_at=now
    )
    rows = _rows(moves)
    ensure_months("customers_transaction", min(row[4] for row in rows), max(row[4] for row in rows))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE demo_movement (LIKE customers_transaction) ON COMMIT DROP")
        cursor.execute("ALTER TABLE demo_movement ALTER id DROP NOT NULL, ALTER source_id DROP NOT NULL")
        with cursor.copy(f"COPY demo_movement ({COLUMNS}, external_id) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(MOVE, {"source": source.pk, "batch": run.pk})
    record_batch("customers_transaction", len(rows), _digest(rows), pk=run.pk, action="operations.demo.booked")
    return run


def _digest(rows: list[tuple]) -> str:
    return hashlib.sha256("\n".join("\t".join(str(value) for value in row) for row in rows).encode()).hexdigest()


def _rows(moves: Iterable[Movement]) -> list[tuple]:
    by_account: dict[int, list[Movement]] = defaultdict(list)
    for move in moves:
        by_account[move.account.pk].append(move)
    rows, accounts = [], []
    for own in by_account.values():
        account = own[0].account
        for move, balance in covered(own):
            rows.append(_row(move, balance, len(rows)))
        account.balance, account.balance_on = balance, rows[-1][4]
        accounts.append(account)
    Account.objects.bulk_update(accounts, ["balance", "balance_on"], batch_size=1000)
    return rows


def _row(move: Movement, balance: Decimal, number: int) -> tuple:
    return (
        move.account.customer_id,
        move.account.pk,
        move.product_id or move.account.product_id,
        move.line,
        move.day,
        at_time(move.day, number),
        move.kind,
        move.amount,
        "CNY",
        balance,
        move.channel,
        move.counterparty,
        move.purpose,
        f"T{number:09d}",
    )
