"""The desk over HTTP: an agent's queue by deadline, the list of tickets and its search, at as many tickets as customers.

Two workers on the loopback, two requests at a time, as for the list of customers."""

from typing import Any
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection

from bench.datasets import Size
from bench.lists import _p95, _result, _serving, _session, _times
from bench.people import people_of
from service.models import Ticket
from staff.models import User

QUEUE_GOAL, GOAL = 100, 200  # ms, the 95th percentile
LIST = "/service/tickets/"
QUEUES = ("all open by deadline", "unassigned", "the agent's home")
# One ticket in ten is open, two hundred of them are the person's own, and every seventh is about one subject.
TICKETS = """
INSERT INTO service_ticket (kind, channel, subject, customer_id, line, region, assignee_id, status, priority, language, tags,
                            source, external_id, opened_at, last_message_at, resolved_at, due_at, reopened, seconds_spent)
SELECT (ARRAY['question', 'request', 'problem', 'complaint'])[1 + n %% 4],
       (ARRAY['phone', 'chat', 'email', 'app'])[1 + n %% 4],
       (ARRAY['Where is my transfer', 'Card lost', '提前还款怎么计算', 'Statement for the tax office', 'Limit too low',
              'Instalment taken twice', '更换手机号码'])[1 + n %% 7] || ' ' || n,
       1 + n %% %(customers)s, 'payment', '', CASE WHEN n %% (%(n)s / 2000 + 1) = 0 THEN %(user)s END,
       CASE WHEN n %% 10 = 0 THEN 'open' ELSE 'resolved' END, 1 + n %% 4, 'zh-hans',
       CASE WHEN n %% 50 = 0 THEN ARRAY['vip'] ELSE ARRAY[]::varchar[] END, '', '', at, at,
       CASE WHEN n %% 10 = 0 THEN NULL ELSE at + interval '3 hours' END,
       CASE WHEN n %% 10 = 0 THEN now() + (n %% 3000 - 300) * interval '1 minute' END, 0, 0
FROM generate_series(1, %(n)s) AS n, LATERAL (SELECT now() - n * interval '20 seconds' AS at) AS moment
"""


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is a million tickets."""
    size = Size.at(scale)
    people_of(size)
    call_command("collectstatic", interactive=False, verbosity=0)
    cookie = _session()
    _fill(size)
    try:
        with _serving("config.settings", "config.wsgi:application") as port:
            queue = _times(port, cookie, [f"{LIST}?state=open&assignee=me&view=mine"])
            others = {name: _times(port, cookie, paths) for name, paths in _places().items()}
    finally:
        _empty()
    return [
        _result("agent's queue by deadline, p95", _p95(queue), QUEUE_GOAL, "ms", size),
        *(_result(f"tickets, {name}, p95", _p95(taken), _goal(name), "ms", size) for name, taken in others.items()),
    ]


def _goal(name: str) -> int:
    return QUEUE_GOAL if name in QUEUES else GOAL


def _places() -> dict[str, list[str]]:
    some = list(Ticket.objects.order_by("pk").values_list("reference", flat=True)[:40])
    return {
        "newest first": [LIST],
        "all open by deadline": [f"{LIST}?state=open"],
        "breaching soon": [f"{LIST}?due=soon"],
        "breached": [f"{LIST}?due=breached"],
        "unassigned": [f"{LIST}?state=open&assignee=none"],
        "search by a common word": [f"{LIST}?q=transfer"],
        "search by two words": [f"{LIST}?q={quote('tax office')}"],
        "search by Chinese signs": [f"{LIST}?q={quote('还款')}"],
        "search by number": [f"{LIST}?q={reference}" for reference in some],
        "filter by a rare tag": [f"{LIST}?tag=vip&state=open"],
        "filter by kind and priority": [f"{LIST}?kind=complaint&priority=1"],
        "a ticket's page": [f"{LIST}{reference}/" for reference in some],
        "the agent's home": ["/service/"],
    }


def _fill(size: Size) -> None:
    _empty()
    user = User.objects.get(email="bench@meridian.example")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE service_ticket DISABLE TRIGGER ALL")  # loading is not what is measured
        cursor.execute(TICKETS, {"n": size.customers, "customers": size.customers, "user": user.pk})
        _triggers_again(cursor)
        cursor.execute("VACUUM ANALYZE service_ticket")


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE service_ticket DISABLE TRIGGER ALL")
        cursor.execute("DELETE FROM service_ticket")
        _triggers_again(cursor)


def _triggers_again(cursor: Any) -> None:
    cursor.execute("ALTER TABLE service_ticket ENABLE TRIGGER ALL")
    cursor.execute(
        "SELECT format('ALTER TABLE service_ticket ENABLE ALWAYS TRIGGER %I', tgname) FROM pg_trigger"
        " WHERE tgrelid = 'service_ticket'::regclass AND tgname LIKE 'audit\\_%'"
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
