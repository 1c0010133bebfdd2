"""Portraits: from scratch against a hand-written statement over all transactions, an ordinary night against from
scratch, and what
daily activity saves for a line where customers pay daily and one where they trade now and then."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from bench.datasets import LAST_DAY, Size, add_night, dataset_of
from customers.services.activity import add_batch, keep_lines, reconcile_activity, worth_of_lines
from customers.services.portraits import draw_portraits

DAILY, SELDOM = "payment", "fund"
# What a careful person writes by hand for these figures, in one pass, with the planner helped: PostgreSQL's own
# choice is slower.
TUNED = """
CREATE UNLOGGED TABLE bench_tuned AS
SELECT customer_id,
       count(*) FILTER (WHERE booked_on > %(day)s::date - 30) AS n_30,
       coalesce(sum(amount) FILTER (WHERE booked_on > %(day)s::date - 30 AND amount > 0), 0) AS inflow_30,
       coalesce(-sum(amount) FILTER (WHERE booked_on > %(day)s::date - 30 AND amount < 0), 0) AS outflow_30,
       count(*) FILTER (WHERE booked_on > %(day)s::date - 90) AS n_90,
       coalesce(sum(amount) FILTER (WHERE booked_on > %(day)s::date - 90 AND amount > 0), 0) AS inflow_90,
       coalesce(-sum(amount) FILTER (WHERE booked_on > %(day)s::date - 90 AND amount < 0), 0) AS outflow_90,
       coalesce(max(abs(amount)) FILTER (WHERE booked_on > %(day)s::date - 90), 0) AS largest_90,
       avg(abs(amount)::float8) FILTER (WHERE booked_on > %(day)s::date - 90) AS mean_90,
       stddev_samp(abs(amount)::float8) FILTER (WHERE booked_on > %(day)s::date - 90) AS deviation_90,
       coalesce(bit_count(bit_or(set_bit(repeat('0', 90)::bit(90), %(day)s::date - booked_on, 1))
           FILTER (WHERE booked_on > %(day)s::date - 90)), 0) AS active_days_90,
       count(*) AS frequency, sum(abs(amount)) AS monetary, min(booked_on) AS first_on, max(booked_on) AS last_on
FROM customers_transaction
WHERE booked_on <= %(day)s AND currency = 'CNY'
GROUP BY customer_id
"""
EXACT = """n_30, inflow_30, outflow_30, n_90, inflow_90, outflow_90, largest_90, active_days_90, frequency, monetary,
first_on, last_on""".replace("\n", " ")
DIFFERENCES = f"""
SELECT count(*)
FROM bench_tuned t
FULL JOIN (SELECT * FROM customers_portrait WHERE frequency > 0) AS p USING (customer_id)
WHERE ({", ".join(f"t.{name}" for name in EXACT.split(", "))}) IS DISTINCT FROM ({
    ", ".join(f"p.{name}" for name in EXACT.split(", "))
})
   OR abs(coalesce(t.mean_90, 0) - coalesce(p.mean_90, 0)) >= 0.005
   OR abs(coalesce(t.deviation_90, 0) - coalesce(p.deviation_90, 0)) >= 0.005
"""
# The same sums for one line along either path.
BY_DAYS = """
SELECT customer_id, sum(n) AS n, sum(inflow) AS inflow, sum(outflow) AS outflow, max(largest) AS largest, min(day) AS
first_on,
       max(day) AS last_on
FROM customers_dailyactivity WHERE line = %(line)s GROUP BY customer_id
"""
BY_TRANSACTIONS = """
SELECT customer_id, count(*) AS n, sum(amount) FILTER (WHERE amount > 0) AS inflow,
       -sum(amount) FILTER (WHERE amount < 0) AS outflow, max(abs(amount)) AS largest, min(booked_on) AS first_on,
       max(booked_on) AS last_on
FROM customers_transaction WHERE line = %(line)s GROUP BY customer_id
"""


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is a million customers and ten million transactions."""
    size = Size.at(scale)
    dataset_of(size)
    keep_lines(lines=[DAILY])
    _sql("VACUUM ANALYZE customers_dailyactivity")
    tuned = _best(_tuned)
    whole = _best(_from_scratch)
    different = _value(DIFFERENCES)
    night = _ordinary_nights(size)
    return [
        _result("every portrait from scratch, against the tuned statement", whole / tuned, 1.0, size),
        _result("seconds of it", whole, None, size, unit="s"),
        _result("seconds of the tuned statement", tuned, None, size, unit="s"),
        _result("portraits that differ from the tuned statement by a cent or more", different, 0, size, unit="rows"),
        _result("an ordinary night, against from scratch", night / whole, 0.05, size),
        _result("seconds of it", night, None, size, unit="s"),
        *_paths(size),
    ]


def _tuned() -> None:
    _sql("DROP TABLE IF EXISTS bench_tuned")
    for setting in ("enable_indexscan = off", "work_mem = '512MB'", "jit = off"):
        _sql(f"SET {setting}")
    _sql(TUNED, {"day": LAST_DAY})
    for name in ("enable_indexscan", "work_mem", "jit"):
        _sql(f"RESET {name}")


def _from_scratch() -> None:
    _sql("TRUNCATE customers_portrait")
    draw_portraits(business_date=LAST_DAY, whole=True)


def _ordinary_nights(size: Size) -> float:
    """The median of three nights: a day's transactions arrive, then the activity and portrait steps run."""
    _sql("VACUUM ANALYZE customers_portrait")
    nights = []
    for number in range(1, 4):
        day = LAST_DAY + timedelta(days=number)
        first, last = add_night(size, day, batch=1 + number)
        add_batch(batch_id=1 + number, first_id=first, last_id=last)
        nights.append(_seconds(lambda day=day: (reconcile_activity(), draw_portraits(business_date=day))))
    return sorted(nights)[1]


def _paths(size: Size) -> list[dict[str, Any]]:
    """For either line: rows a roll-up saves, and its sums read from days and from transactions."""
    keep_lines(lines=[DAILY, SELDOM])
    _sql("VACUUM ANALYZE customers_dailyactivity")
    worth = {line.line: line for line in worth_of_lines()}
    results = []
    for line, habit in ((DAILY, "paid daily"), (SELDOM, "traded now and then")):
        days, history = (
            _best(
                lambda sql=sql, line=line: _sql(
                    f"CREATE TEMP TABLE bench_path AS {sql}; DROP TABLE bench_path", {"line": line}
                )
            )
            for sql in (BY_DAYS, BY_TRANSACTIONS)
        )
        results.append(
            _result(
                f"a line {habit}: transactions for each row of daily activity",
                float(worth[line].ratio),
                None,
                size,
                unit="",
            )
        )
        results.append(
            _result(f"a line {habit}: read from days, against from transactions", days / history, None, size)
        )
    keep_lines(lines=[DAILY])
    return results


def _result(name: str, value: float, goal: float | None, size: Size, *, unit: str = "×") -> dict[str, Any]:
    return {
        "name": f"Nightly: {name}",
        "value": round(value, 3),
        "unit": unit,
        "goal": goal,
        "better": "lower",
        "holds": goal is None or value <= goal,
        "rows": size.transactions,
    }


def _best(work: Callable[[], Any], times: int = 2) -> float:
    return min(_seconds(work) for _ in range(times))


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _sql(text: str, parameters: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _value(text: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchone()[0]
