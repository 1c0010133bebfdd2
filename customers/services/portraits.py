"""Portraits: one row per customer with everything that decisions need, brought up to date by rounds.

A round costs what changed. It is about a business date D and goes on from the date at which the portraits stand:

- movements with `booked_on` up to D count, those after it do not, whenever they arrived; the last 30 and 90 days include D;
- what arrived since the last round is added, what left the 30 and 90 days is taken away; money is exact, so the result is the same
  to the cent as one from scratch. A movement booked on a day already counted, or the loss of the largest one, has that
  customer's 90 days read again;
- balances are those of D: an account's own where it is not newer than D, otherwise what its last movement up to D left behind;
  holdings count at their latest known value from the day they were opened until they were closed;
- loans, instalments, accounts, holdings and customers that changed are found in the log, which no change can escape;
- a date before the one that stands, a gap of more than 30 days, or a rebuilt daily activity make a round from scratch.

A round with nothing to say writes no row.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from customers.models import ActivityBatch, PortraitRound
from customers.services.activity import lock_activity
from customers.sql import make_table, statement

LONGEST_STEP = 30  # days: beyond, what arrives and what leaves the 30 days overlap
# Hash aggregates over all customers stay in memory; index scans and compilation only pay for small results.
WHOLE_SETTINGS = {"work_mem": "512MB", "jit": "off", "enable_indexscan": "off"}
STEP_SETTINGS = {"work_mem": "64MB", "jit": "off"}
AMONG_DUE = "AND {}.customer_id IN (SELECT customer_id FROM portrait_due)"
ACTIVITY = "customers_activity AS a"
# OFFSET 0 keeps the planner from reading everybody's days for the sake of a few customers.
ACTIVITY_OF_DUE = """(SELECT customer_id FROM portrait_due WHERE need >= {}) AS d
    CROSS JOIN LATERAL (
        SELECT * FROM customers_activity WHERE customer_id = d.customer_id OFFSET 0
    ) AS a"""


def as_of() -> date | None:
    """Return the business date that all portraits hold for, or None before the first round."""
    return PortraitRound.objects.exclude(ended_at=None).values_list("as_of", flat=True).first()


@transaction.atomic
def draw_portraits(*, business_date: date, run_id: int | None = None, whole: bool = False) -> int:
    """Bring all portraits to `business_date` and return how many rows were written. See the top of this file.

    `whole` starts from scratch where a step would do. Chunks of transactions wait at the door for as long as it takes.
    """
    lock_activity()
    last = PortraitRound.objects.first()
    whole = whole or last is None or last.is_void or not 0 <= (business_date - last.as_of).days <= LONGEST_STEP
    horizon_xid, horizon_at = _horizon()
    this = PortraitRound.objects.create(
        as_of=business_date,
        whole=whole,
        run=run_id,
        started_at=timezone.now(),
        horizon_xid=horizon_xid,
        horizon_at=horizon_at,
    )
    parameters = {"day": business_date, "run": run_id}
    if whole or last is None:
        this.rows = _draw_all(parameters)
    else:
        this.rows = _draw_due({**parameters, "stood": last.as_of, "xid": last.horizon_xid, "since": last.horizon_at})
    ActivityBatch.objects.filter(taken_by=None).update(taken_by=this)
    this.ended_at = timezone.now()
    this.save(update_fields=["rows", "ended_at"])
    return this.rows


def _draw_all(parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        _set(cursor, WHOLE_SETTINGS)
        make_table(cursor, "loan_standing", parameters)
        make_table(cursor, "portrait_loans", parameters)
        make_table(cursor, "portrait_window", parameters, activity=ACTIVITY)
        make_table(cursor, "portrait_history", parameters, activity=ACTIVITY)
        moves = f"({statement('portrait_moves_whole')})"
        everybody = {"among_accounts": "", "among_holdings": ""}
        cursor.execute(statement("portrait_write").format(moves=moves, **everybody), parameters)
        return cursor.rowcount


def _draw_due(parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        _set(cursor, STEP_SETTINGS)
        for name in ("portrait_arrived", "portrait_left", "loan_standing", "portrait_loans", "portrait_due"):
            make_table(cursor, name, parameters)
            cursor.execute(f"ANALYZE {name}")
        make_table(cursor, "portrait_window", parameters, activity=ACTIVITY_OF_DUE.format(2))
        make_table(cursor, "portrait_history", parameters, activity=ACTIVITY_OF_DUE.format(3))
        make_table(cursor, "portrait_moves", parameters)
        cursor.execute("ANALYZE portrait_moves")
        due = {"among_accounts": AMONG_DUE.format("a"), "among_holdings": AMONG_DUE.format("h")}
        cursor.execute(statement("portrait_write").format(moves="portrait_moves", **due), parameters)
        return cursor.rowcount


def _set(cursor: Any, settings: dict[str, str]) -> None:
    """Planner settings for the rest of this transaction."""
    for name, value in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _horizon() -> tuple[int, Any]:
    """Return the first transaction that may still run, and since when: what it changes is looked at next time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                   least(now(), (SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL))
            """
        )
        return cursor.fetchone()
