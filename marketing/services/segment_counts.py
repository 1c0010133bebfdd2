"""How many a rule finds, while somebody is still writing it; and whom segments share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction

from customers.criteria import compiled

PATIENCE = 120  # ms for counting everybody, and again for a share of them
SAMPLED = 10_000  # customers looked at where everybody takes too long
OVERLAP = """
SELECT among, count(*) FROM (
    SELECT customer_id, sum(1 << (array_position(%(segments)s::bigint[], segment_id) - 1)) AS among
      FROM marketing_segmentmember WHERE segment_id = ANY (%(segments)s) AND left_at IS NULL
     GROUP BY customer_id
) AS shared GROUP BY among
"""


@dataclass(frozen=True)
class Found:
    """How many a rule finds: `count` is None where even a share took too long; `is_exact` where all were counted."""

    count: int | None
    is_exact: bool = True


def live_count(rule: Any, *, day: date) -> Found:
    """Count whom a valid rule holds for, within a quarter of a second: exactly, or from a share of all customers."""
    exact = _counted(*compiled(rule, day=day))
    if exact is not None:
        return Found(exact)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'customers_customer'::regclass")
        customers = max(cursor.fetchone()[0], 1)
    share = min(100.0, 100 * SAMPLED / customers)
    found = _counted(*compiled(rule, day=day, sample=share))
    return Found(None if found is None else round(found * 100 / share), is_exact=False)


def _counted(text: str, values: list[Any]) -> int | None:
    """The rows of a statement, or None where it takes longer than somebody who types waits."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('jit', 'off', true)", [str(PATIENCE)]
            )
            cursor.execute(f"SELECT count(*) FROM ({text}) AS found", values)
            count = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            return count
    except OperationalError:
        return None


def overlap_of(segment_ids: Sequence[int]) -> dict[frozenset[int], int]:
    """Return how many are in exactly these segments, for each combination of two or three that anybody is in."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAP, {"segments": list(segment_ids)})
        rows = cursor.fetchall()
    return {
        frozenset(one for place, one in enumerate(segment_ids) if int(among) >> place & 1): count
        for among, count in rows
    }
