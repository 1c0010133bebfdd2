"""The risk register over HTTP: list, filters and heat map, and why the map moved, at 10,000 risks with 100,000 ratings.

Two workers on the loopback, two requests at a time, as for the list of customers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.datasets import Size
from bench.lists import _p95, _result, _serving, _session, _times

GOAL, MOVED_GOAL = 150, 500  # ms, the 95th percentile
RISKS = 10_000
TABLES = ("risk_risk", "risk_riskrating")
# Ten ratings a risk, five of each kind, over four years; every other one by data, a model, experts or a decision.
FILL = [
    """
INSERT INTO risk_risk (title, risk_class, line_id, description, causes, consequences, status, created_at,
                       closing_reason, closed_at, review_on)
SELECT 'Bench risk ' || n, (ARRAY['credit', 'market', 'liquidity', 'operational', 'technology', 'legal', 'other'])[1 + n %% 7],
       CASE WHEN n %% 3 = 0 THEN 'payment' END, '', '', '', CASE WHEN n %% 20 = 0 THEN 'closed' ELSE 'open' END,
       now() - interval '4 years', CASE WHEN n %% 20 = 0 THEN 'Gone' ELSE '' END,
       CASE WHEN n %% 20 = 0 THEN now() - n %% 60 * interval '1 day' END, current_date + n %% 300
  FROM generate_series(1, %(n)s) AS n
""",
    """
INSERT INTO risk_riskrating (risk_id, kind, matrix_id, likelihood, impact, score, level, basis, model_version, reason, rated_at)
SELECT risk.id, (ARRAY['inherent', 'residual'])[1 + k %% 2], matrix.id, cell.likelihood, cell.impact, cell.score, cell.level,
       (ARRAY['data', 'model', 'expert', 'decision'])[1 + (risk.id + k) %% 4], 'v' || k, 'Bench',
       now() - (10 - k) * interval '150 days' - risk.id %% 40 * interval '1 day'
  FROM risk_risk AS risk CROSS JOIN generate_series(1, 10) AS k CROSS JOIN risk_riskmatrix AS matrix
  JOIN risk_riskmatrixcell AS cell ON cell.matrix_id = matrix.id
   AND cell.likelihood = 1 + (risk.id + k * 7) %% 5 AND cell.impact = 1 + (risk.id / 5 + k * 3) %% 5
 WHERE matrix.version = 1 AND risk.title LIKE 'Bench risk %%'
""",
    """
UPDATE risk_risk AS risk
   SET inherent_id = newest.inherent, residual_id = newest.residual
  FROM (SELECT risk_id, max(id) FILTER (WHERE kind = 'inherent') AS inherent,
               max(id) FILTER (WHERE kind = 'residual') AS residual FROM risk_riskrating GROUP BY risk_id) AS newest
 WHERE newest.risk_id = risk.id AND risk.title LIKE 'Bench risk %%'
""",
]
EMPTY = [
    "CREATE TEMPORARY TABLE bench_risk ON COMMIT PRESERVE ROWS AS SELECT id FROM risk_risk WHERE title LIKE 'Bench risk %%'",
    "DELETE FROM risk_riskrating WHERE risk_id IN (SELECT id FROM bench_risk)",
    "DELETE FROM risk_risk WHERE id IN (SELECT id FROM bench_risk)",
    "DROP TABLE bench_risk",
]


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is 10,000 risks, and the register never grows beyond."""
    size = replace(Size.at(scale), customers=max(int(RISKS * min(scale, 1)), 500))
    call_command("collectstatic", interactive=False, verbosity=0)
    cookie = _session()
    _write(EMPTY, size)
    _write(FILL, size)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
    try:
        with _serving("config.settings", "config.wsgi:application") as port:
            taken = {name: _times(port, cookie, paths) for name, (paths, _goal) in _places().items()}
    finally:
        _write(EMPTY, size)
    return [
        _result(f"register, {name}, p95", _p95(taken[name]), goal, "ms", size)
        for name, (_paths, goal) in _places().items()
    ]


def _places() -> dict[str, tuple[list[str], int]]:
    today = timezone.localdate()
    month = today - timedelta(days=30)
    return {
        "list": (["/risk/register/"], GOAL),
        "filters": (
            [
                "/risk/register/?level=critical&status=open",
                "/risk/register/?risk_class=credit&line=payment",
                "/risk/register/?q=risk+77",
                "/risk/register/?tier=1",
                "/risk/register/?overdue=true",
            ],
            GOAL,
        ),
        "heat map": (["/risk/heat-map/"], GOAL),
        "heat map of a past day": ([f"/risk/heat-map/?on={month}"], GOAL),
        "why the map moved": ([f"/risk/heat-map/moved/?first={month}&last={today}"], MOVED_GOAL),
    }


def _write(statements: list[str], size: Size) -> None:
    with _without_triggers(), connection.cursor() as cursor:  # loading is not what is measured
        for statement in statements:
            cursor.execute(statement, {"n": size.customers})


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Inside, no trigger of the two tables fires; afterwards each stands as it stood."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' AND tgrelid = ANY(%s::regclass[])",
            [list(TABLES)],
        )
        always = cursor.fetchall()
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        try:
            yield
        finally:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
            for table, name in always:
                cursor.execute(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')
