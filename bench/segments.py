"""A nested segment of six conditions over everybody: counted and drawn beside the SQL that somebody would write by hand, brought
up to date after one customer in a hundred changed, and counted live as its builder does.

A million customers at scale 1. Drawing by hand fills the same table, by the rule that somebody would write; and, to see what the
table itself costs, an empty copy of it that no foreign key guards."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from bench.datasets import LAST_DAY, Size, dataset_of
from bench.lists import _p95, _result
from customers.criteria import compiled, validate
from customers.models import Portrait, PortraitRound
from customers.services.portraits import draw_portraits
from marketing.services.segment_counts import live_count
from marketing.services.segment_refresh import refresh_segment
from marketing.services.segments import record_segment
from staff.models import User

LIMIT, CHANGED, LIVE = 1.3, 0.05, 300
TURNS = 5
RULE = {
    "all": [
        {"field": "n_90", "op": "ge", "value": "1"},
        {"any": [{"field": "balance", "op": "ge", "value": "500"}, {"field": "monetary", "op": "ge", "value": "1000"}]},
        {"not": {"field": "lifecycle", "op": "in", "value": ["dormant"]}},
        {
            "any": [
                {"field": "joined_on", "op": "before", "value": "2026-01-01"},
                {"field": "kind", "op": "in", "value": ["business"]},
            ]
        },
    ]
}
BY_HAND = """
SELECT c.id FROM customers_customer c JOIN customers_portrait p ON p.customer_id = c.id
 WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.restricted_at IS NULL AND c.status <> 'closed'
   AND p.n_90 >= 1 AND (p.balance >= 500 OR p.monetary >= 1000) AND p.lifecycle <> 'dormant'
   AND (c.joined_on < '2026-01-01' OR c.kind = 'business')
"""
TABLE = (
    "CREATE TABLE bench_member (LIKE marketing_segmentmember INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)"
)


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    size = Size.at(scale)
    dataset_of(size)
    if not Portrait.objects.exists() or not PortraitRound.objects.exclude(ended_at=None).exists():
        draw_portraits(business_date=LAST_DAY)
    rule, day = validate(RULE), LAST_DAY
    ours, theirs = _counting(rule)
    drawn, by_hand, copied, segment_id = _drawing(rule)
    touched = _change(size.customers // 100)
    again = _timed(lambda: refresh_segment(segment_id=segment_id, at=timezone.now()))
    live = [_timed(lambda: live_count(rule, day=day)) * 1_000 for _turn in range(20)]
    name = "segment"
    return [
        _result(f"{name}: counting beside SQL by hand", ours / theirs, LIMIT, "×", size),
        _result(f"{name}: drawing beside SQL by hand into the same table", drawn / by_hand, LIMIT, "×", size),
        _result(f"{name}: drawing beside SQL by hand into an unguarded copy", drawn / copied, None, "×", size),
        _result(
            f"{name}: refreshed after {touched:,} customers changed, of drawing", again / drawn, CHANGED, "×", size
        ),
        _result(f"{name}: live count in the builder, p95", _p95(live), LIVE, "ms", size),
    ]


def _counting(rule: Any) -> tuple[float, float]:
    text, values = compiled(rule, day=LAST_DAY)
    ours, theirs = [], []
    for _turn in range(TURNS):
        ours.append(_timed(lambda: _run(f"SELECT count(*) FROM ({text}) AS found", values)))
        theirs.append(_timed(lambda: _run(f"SELECT count(*) FROM ({BY_HAND}) AS found", None)))
    return median(ours), median(theirs)


def _drawing(rule: Any) -> tuple[float, float, float, int]:
    now = timezone.now()
    user = User.objects.create(email=f"segments-{now:%H%M%S%f}@bench.example", full_name="Bench")
    user.groups.add(Group.objects.get(name="marketing"))
    user = User.objects.get(pk=user.pk)
    _run("DROP TABLE IF EXISTS bench_member", None)
    _run(TABLE, None)
    fill = f"INSERT INTO {{}} (segment_id, customer_id, entered_at) SELECT %s, id, now() FROM ({BY_HAND}) AS found"
    ours, theirs, copied = [], [], []
    for turn in range(3):
        segment, other = (
            record_segment(actor=user, code=f"{name}-{now:%H%M%S%f}-{turn}", name="Bench", rule=rule, at=now)
            for name in ("bench", "hand")
        )
        ours.append(_timed(lambda pk=segment.pk: refresh_segment(segment_id=pk, at=timezone.now())))
        theirs.append(_timed(lambda pk=other.pk: _run(fill.format("marketing_segmentmember"), [pk])))
        _run("TRUNCATE bench_member", None)
        copied.append(_timed(lambda pk=other.pk: _run(fill.format("bench_member"), [pk])))
    _run("DROP TABLE bench_member", None)
    _run("ANALYZE marketing_segmentmember", None)
    return median(ours), median(theirs), median(copied), segment.pk


def _change(count: int) -> int:
    """Change customers as people and programs do: an update that the log records."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET city = city || '.' WHERE id IN"
            " (SELECT id FROM customers_customer WHERE merged_into_id IS NULL ORDER BY md5(id::text) LIMIT %s)",
            [count],
        )
        return cursor.rowcount


def _run(sql: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
