"""Deadlines of open tickets: reckoned for the first time, again, after a calendar moved, and the minute's look for alarms.

100,000 open tickets at scale 1, each with up to six states and four messages, under four policies on four calendars.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from service.models import TicketClock
from service.services.calendars import lay_out_again
from service.services.clocks import recompute_open
from service.services.escalations import escalate_due
from staff.guards import unguarded

NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)
GOAL, ALARM_GOAL = 20, 5  # seconds
TABLES = "service_escalationstep, service_ticketclock, service_ticketspan, service_ticketmessage, service_ticket"
LOADED = ("service_ticket", "service_ticketmessage", "service_ticketspan")
POLICIES = """
INSERT INTO service_slapolicy (code, name, valid_from, rank, kinds, channels, priorities, lines, queues, languages,
                               calendar_id, targets, steps, pause_held, needs_confirmation)
SELECT 'bench-' || calendar.code, calendar.name, '2020-01-01', 10, '{}', '{}', '{}', ARRAY[chosen.line], '{}', '{}',
       calendar.id, model.targets, model.steps, true, false
  FROM (VALUES ('office-eu', 'fund'), ('office-gb', 'p2p'), ('office-us', 'wealth')) AS chosen (code, line)
  JOIN service_businesscalendar AS calendar USING (code)
 CROSS JOIN (SELECT targets, steps FROM service_slapolicy WHERE code = 'default' LIMIT 1) AS model
    ON CONFLICT DO NOTHING
"""
TICKETS = """
INSERT INTO service_ticket (kind, channel, subject, line, region, status, priority, language, tags, source, external_id,
                            opened_at, first_answered_at, last_message_at, reopened, seconds_spent)
SELECT (ARRAY['question', 'request', 'problem'])[1 + n %% 3], (ARRAY['email', 'app', 'chat', 'phone'])[1 + n %% 4],
       'Question ' || n, (ARRAY['fund', 'p2p', 'wealth', 'payment'])[1 + n %% 4], '',
       (ARRAY['open', 'open', 'waiting', 'held'])[1 + (n / 7) %% 4], 1 + n %% 4, 'zh-hans', '{}', '', '', opened,
       CASE WHEN n %% 3 > 0 THEN opened + interval '90 minutes' END, opened + interval '3 hours', 0, 0
  FROM (SELECT n, %(now)s::timestamptz - (n * 7919 %% 20000) * interval '1 minute' AS opened
          FROM generate_series(1, %(tickets)s) AS n) AS made
"""
SPANS = """
INSERT INTO service_ticketspan (ticket_id, status, assigned, started_at, ended_at)
SELECT id, (ARRAY['new', 'open', 'waiting', 'open', 'held'])[1 + turn], turn > 0,
       opened_at + turn * interval '2 hours', opened_at + (turn + 1) * interval '2 hours'
  FROM service_ticket, generate_series(0, 4) AS turn
 UNION ALL
SELECT id, status, true, opened_at + interval '10 hours', NULL FROM service_ticket
"""
MESSAGES = """
INSERT INTO service_ticketmessage (ticket_id, direction, channel, text, at, external_id)
SELECT id, direction, channel, 'Words', opened_at + after, ''
  FROM service_ticket,
       (VALUES ('in', interval '1 minute'), ('out', interval '90 minutes'), ('in', interval '2 hours'), ('in', interval '3 hours'))
           AS said (direction, after)
 WHERE first_answered_at IS NOT NULL
"""


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is 100,000 open tickets."""
    tickets = max(int(100_000 * scale), 1_000)
    _load(tickets)
    first, _changed = _timed(lambda: recompute_open(at=NOW))
    again, changed = _timed(lambda: recompute_open(at=NOW))
    if changed:
        raise RuntimeError(f"Reckoning again changed {changed} clocks.")
    _close_a_day()
    moved, _changed = _timed(lambda: recompute_open(at=NOW))
    alarms, _taken = _timed(lambda: escalate_due(at=datetime(2020, 1, 1, tzinfo=UTC)))
    name = "deadlines of all open tickets"
    return [
        # The goal is of reckoning again; the first time writes every clock, and its event in the log, besides.
        _result(f"{name}, for the first time", first, None, tickets),
        _result(f"{name}, where nothing changed", again, GOAL, tickets),
        _result(f"{name}, after a day of every calendar was closed", moved, GOAL, tickets),
        _result("the minute's look for alarms, none due", alarms, ALARM_GOAL, tickets),
        _result("clocks of a ticket, on the average", TicketClock.objects.count() / tickets, None, tickets, unit=""),
    ]


def _load(tickets: int) -> None:
    """Empty the desk, and fill it in the database alone."""
    with transaction.atomic(), unguarded("benchmark"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
        cursor.execute("DELETE FROM service_calendarexception")
        cursor.execute(POLICIES)
    lay_out_again(at=NOW)
    with connection.cursor() as cursor:
        for table in LOADED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # loading is not what is measured
        cursor.execute(TICKETS, {"tickets": tickets, "now": NOW})
        cursor.execute(SPANS)
        cursor.execute(MESSAGES)
        for table in LOADED:
            _watch_again(cursor, table)
            cursor.execute(f"VACUUM ANALYZE {table}")


def _watch_again(cursor: Any, table: str) -> None:
    cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')


def _close_a_day() -> None:
    """A day that nobody foresaw, on every calendar: the clocks that run past it move."""
    with transaction.atomic(), unguarded("benchmark"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO service_calendarexception (calendar_id, day, hours, name)"
            " SELECT id, '2026-07-01', '', 'Storm' FROM service_businesscalendar"
        )
    lay_out_again(at=NOW)


def _timed(what: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    found = what()
    return time.perf_counter() - began, found


def _result(name: str, value: float, goal: float | None, rows: int, *, unit: str = "s") -> dict[str, Any]:
    return {
        "name": name, "value": round(value, 2), "unit": unit, "goal": goal, "better": "lower",
        "holds": goal is None or value <= goal, "rows": rows,
    }  # fmt: skip
