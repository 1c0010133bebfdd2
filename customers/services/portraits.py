"""Portraits: one row per customer with everything that decisions need, brought up to date by rounds.

A round costs what changed. It is about a business date D and goes on from the date at which the portraits stand:

- movements with `booked_on` up to D count, those after it do not, whenever they arrived; the last 30 and 90 days
  include D;
- what arrived since the last round is added, what left the 30 and 90 days is taken away; money is exact, so the
  result is the same
  to the cent as one from scratch. A movement booked on a day already counted, or the loss of the largest one, has that
  customer's 90 days read again;
- balances are those of D: an account's own where it is not newer than D, otherwise what its last movement up to D
  left behind;
  holdings count at their latest known value from the day they were opened until they were closed;
- loans, instalments, accounts, holdings and customers that changed are found in the log, which no change can escape;
- a date before the one that stands, a gap of more than 30 days, or a rebuilt daily activity make a round from scratch.

A round with nothing to say writes no row.
"""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from customers.models import ActivityBatch, Customer, PortraitRound
from customers.services.activity import lock_activity
from customers.sql import make_table, statement

LONGEST_STEP = 30  # days: beyond, what arrives and what leaves the 30 days overlap
# Sorting a range of customers takes three quarters of hashing them, whose table no cache of a processor holds; index scans
# and compilation only pay for small results. Every range has a connection, so a processor, of its own: parallel workers
# would sum up the same customers once each.
WHOLE_SETTINGS = {
    "work_mem": "512MB",
    "jit": "off",
    "enable_indexscan": "off",
    "enable_hashagg": "off",
    "max_parallel_workers_per_gather": "0",
}
# What is joined for writing comes sorted by customer; hashed, it would be written in no order, at half as much again.
WRITE_SETTINGS = {"enable_hashjoin": "off"}
STEP_SETTINGS = {"work_mem": "64MB", "jit": "off", "random_page_cost": "1.1"}
WORTH_SPLITTING = 50_000  # customers
INDEXES = ("portrait_balance", "portrait_last_on", "portrait_overdue")
RANGE = "AND {0} >= %(low)s AND {0} <= %(high)s"
MOVES_OF_ALL = """
    LEFT JOIN portrait_history e ON e.customer_id = c.id AND e.currency = c.currency
    LEFT JOIN portrait_window m ON m.customer_id = c.id AND m.currency = c.currency"""
NO_OTHER = (
    "CREATE TEMP TABLE portrait_other (customer_id bigint, n bigint, first_on date, last_on date, seen bit(90))"
    " ON COMMIT DROP"
)
CUSTOMERS_OF_RANGE = (
    "(SELECT id, currency, joined_on FROM customers_customer WHERE id BETWEEN %(low)s AND %(high)s"
    " AND merged_into_id IS NULL) AS c"
)
CUSTOMERS_DUE = "(SELECT customer_id AS id, currency, joined_on FROM portrait_due) AS c"
AMONG_DUE = "AND {}.customer_id IN (SELECT customer_id FROM portrait_due)"
IN_90 = "day > %(day)s::date - 90 AND day <= %(day)s"
UNTIL = "day <= %(day)s"
ROUNDS_NOTED = 60
# Whose row was written is noted in the same statement, for what follows from portraits.
NOTED = """WITH written AS ({}
    RETURNING customer_id)
INSERT INTO customers_portraitchange (round_id, customer_id) SELECT %(round)s, customer_id FROM written"""
# OFFSET 0 keeps the planner from reading everybody's days for the sake of a few customers.
ACTIVITY_OF_DUE = """(SELECT customer_id FROM portrait_due WHERE need >= {}) AS d
    CROSS JOIN LATERAL (
        SELECT * FROM customers_activity WHERE customer_id = d.customer_id AND {} OFFSET 0
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
        this.rows = _draw_due(
            {**parameters, "stood": last.as_of, "xid": last.horizon_xid, "since": last.horizon_at, "round": this.pk}
        )
    ActivityBatch.objects.filter(taken_by=None).update(taken_by=this)
    this.ended_at = timezone.now()
    this.save(update_fields=["rows", "ended_at"])
    return this.rows


def redraw_portraits() -> int:
    """Draw again, for the date that all portraits hold for, those that something was changed for since; 0 where no night
    has drawn any yet."""
    day = as_of()
    return draw_portraits(business_date=day) if day else 0


def _draw_all(parameters: dict[str, Any]) -> int:
    """Draw everybody's portrait, in ranges of customers on several connections at once where there are many."""
    span = Customer.objects.aggregate(low=Min("id"), high=Max("id"))
    low, high = span["low"] or 0, span["high"] or 0
    if high - low < WORTH_SPLITTING:
        return _draw_range(connection, low, high, parameters)
    with _without_indexes():
        return _draw_at_once(low, high, settings.NIGHTLY_CONNECTIONS, parameters)


def _draw_at_once(low: int, high: int, parts: int, parameters: dict[str, Any]) -> int:
    bounds = [low, *_splits(low, high, parts), high + 1]
    ranges = [(first, after - 1) for first, after in itertools.pairwise(bounds)]
    with ThreadPoolExecutor(parts) as pool:
        drawn = [pool.submit(_draw_beside, first, last, parameters) for first, last in ranges]
        return sum(part.result() for part in drawn)


def _splits(low: int, high: int, parts: int) -> list[int]:
    """Return where to part the customers so that each range has as much work: a few may have most of the history."""
    even = [low + (high - low + 1) * part // parts for part in range(1, parts)]
    with connection.cursor() as cursor:
        cursor.execute(statement("portrait_split"), {"shares": [part / parts for part in range(1, parts)]})
        found = cursor.fetchone()[0] or even
    return sorted(min(max(split or fair, low), high) for split, fair in zip(found, even, strict=True))


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Do without the indexes of an empty table while it is filled; leave them where others are reading it just now.

    What this does is committed at once, on a connection of its own: those who fill the table must see it. Killed in
    between, the
    next round puts the indexes back.
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM customers_portrait)")
            if cursor.fetchone()[0]:
                cursor.execute("SET lock_timeout = '2s'")
                with suppress(OperationalError):
                    cursor.execute("SELECT customers_drop_portrait_indexes()")
                cursor.execute("RESET lock_timeout")
        yield
        with own.cursor() as cursor:
            _mend_indexes(cursor)
    finally:
        own.close()


def _mend_indexes(cursor: Any) -> None:
    cursor.execute("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(%s::text[]) AS name", [list(INDEXES)])
    if not cursor.fetchone()[0]:
        cursor.execute("SELECT customers_make_portrait_indexes()")


def _draw_beside(low: int, high: int, parameters: dict[str, Any]) -> int:
    """Draw a range on a connection of its own, which commits for itself: cut short, it is drawn again from scratch."""
    own = connection.copy()
    try:
        with transaction_on(own):
            return _draw_range(own, low, high, parameters)
    finally:
        own.close()


def _draw_range(database: Any, low: int, high: int, parameters: dict[str, Any]) -> int:
    ranged = {**parameters, "low": low, "high": high}
    with database.cursor() as cursor:
        _set(cursor, WHOLE_SETTINGS)
        make_table(cursor, "loan_standing", ranged)
        make_table(cursor, "portrait_loans", ranged)
        everybody = {"activity": "customers_activity AS a", "among": RANGE.format("a.customer_id")}
        make_table(cursor, "portrait_window", ranged, **everybody)
        make_table(cursor, "portrait_history", ranged, **everybody)
        if _has_other_currencies(cursor, ranged):
            make_table(cursor, "portrait_other", ranged)
        else:
            _make_no_other(cursor)
        _set(cursor, WRITE_SETTINGS)
        places = {
            "moves": MOVES_OF_ALL,
            "customers": CUSTOMERS_OF_RANGE,
            "balances": statement("portrait_balances").format(balance=statement("account_balance")),
            "among_holdings": RANGE.format("h.customer_id"),
            "active_days": "coalesce(bit_count(coalesce(m.seen | o.seen, m.seen, o.seen)), 0)",
            "other_n": "coalesce(o.n, 0)",
            "ever": "e",
        }
        return _write(cursor, ranged, places)


def _has_other_currencies(cursor: Any, ranged: dict[str, Any]) -> bool:
    """Whether anybody may have moved money in a currency that is not their own; mostly there is but one in all."""
    cursor.execute("SELECT min(currency), max(currency) FROM portrait_history")
    least, most = cursor.fetchone()
    strangers = (
        "SELECT EXISTS (SELECT FROM customers_customer WHERE currency <> %(one)s AND id BETWEEN %(low)s AND %(high)s)"
    )
    cursor.execute(strangers, {**ranged, "one": least})
    return least != most or cursor.fetchone()[0]


def _make_no_other(cursor: Any) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.portrait_other")
    cursor.execute(NO_OTHER)


def _write(cursor: Any, parameters: dict[str, Any], places: dict[str, str], whole: str = "{}") -> int:
    """Write portraits. Comparing with rows that stand costs half as much again, so it is left out where there is
    none. `whole` is a statement around the one that writes."""
    cursor.execute("SELECT EXISTS (SELECT FROM customers_portrait)")
    end = statement("portrait_conflict") if cursor.fetchone()[0] else ""
    cursor.execute(whole.format(statement("portrait_write").format(**places) + end), parameters)
    return cursor.rowcount


def _draw_due(parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        _mend_indexes(cursor)
        _set(cursor, STEP_SETTINGS)
        for name in ("portrait_arrived", "portrait_left", "loan_standing", "portrait_loans", "portrait_due"):
            make_table(cursor, name, parameters)
            # What the plans hang on; all columns would cost more.
            cursor.execute(f"ANALYZE {name} (customer_id, currency)")
        make_table(cursor, "portrait_window", parameters, activity=ACTIVITY_OF_DUE.format(2, IN_90), among="")
        make_table(cursor, "portrait_history", parameters, activity=ACTIVITY_OF_DUE.format(3, UNTIL), among="")
        make_table(cursor, "portrait_moves", parameters)
        cursor.execute("ANALYZE portrait_moves (customer_id)")
        _make_no_other(cursor)
        places = {
            "moves": "JOIN portrait_moves m ON m.customer_id = c.id",
            "customers": CUSTOMERS_DUE,
            "balances": statement("portrait_balances_due").format(balance=statement("account_balance")),
            "among_holdings": AMONG_DUE.format("h"),
            "active_days": "m.active_days_90",
            "other_n": "m.other_currency_n",
            "ever": "m",
        }
        cursor.execute("DELETE FROM customers_portraitchange WHERE round_id < %s", [parameters["round"] - ROUNDS_NOTED])
        return _write(cursor, parameters, places, NOTED)


@contextmanager
def transaction_on(database: Any) -> Iterator[None]:
    """A transaction on a connection that Django does not know by a name, so that `atomic` cannot find it."""
    database.set_autocommit(False)
    try:
        yield
        database.commit()
    except BaseException:
        database.rollback()
        raise


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
