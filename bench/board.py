"""A live contingency board before 30 people, on two workers: how long until everybody has an entry that somebody wrote.

Each reader asks every second with the number of the last change, as a browser does, from a moment of their own."""

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.lists import _serving
from incidents.models import Activation, Plan, PlanVersion
from incidents.services.activations import activate, end_activation, write_on_board
from staff.guards import unguarded
from staff.models import User

READERS, ENTRIES, PAUSE = 30, 12, 2.5
GOAL_MS = 2_000
STEPS = [{"minutes": 15 * n, "role": "risk", "title": f"Step {n} of what is done"} for n in range(1, 13)]


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` changes nothing, for 30 people are the promise."""
    call_command("collectstatic", interactive=False, verbosity=0)
    board = _board()
    cookies = [_cookie(person) for person in _people(READERS)]
    try:
        with _serving("config.settings", "config.wsgi:application") as port:
            taken = _latencies(port, board, cookies)
    finally:
        end_activation(
            actor=board.activated_by, activation_id=board.pk, outcome="Measured.", lessons="", score=None, at=timezone.now()
        )  # fmt: skip
    return [
        _result("from written to seen by each of 30 people, p95", statistics.quantiles(taken, n=20)[18], None),
        _result("from written to seen by the last of 30 people", max(taken), GOAL_MS),
    ]


def _people(count: int) -> list[User]:
    people = [
        User.objects.get_or_create(email=f"bench-board-{n}@meridian.example", defaults={"full_name": f"Reader {n}"})[0]
        for n in range(count)
    ]
    with unguarded("benchmark of the board"):
        for person in people:
            person.groups.set(person.groups.model.objects.filter(name="risk"))
    return people


def _board() -> Activation:
    owner = _people(1)[0]
    code = f"bench-{timezone.now():%Y%m%d%H%M%S}"
    plan = Plan.objects.create(code=code, name="Payouts fail", owner=owner)
    version = PlanVersion.objects.create(
        plan=plan, number=1, triggers="Payouts fail.", steps=STEPS, written_by=owner, written_at=timezone.now()
    )
    plan.version = version
    with unguarded("benchmark of the board"):
        plan.save(update_fields=["version"])
    return activate(actor=owner, plan_id=plan.pk, reason="To measure it.", at=timezone.now())


def _cookie(person: User) -> str:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _latencies(port: int, board: Activation, cookies: list[str]) -> list[float]:
    """Milliseconds from the commit of each entry to each reader who has it."""
    written: list[float] = []
    over = Event()
    with ThreadPoolExecutor(len(cookies)) as pool:
        readers = [
            pool.submit(_read, port, board.pk, cookie, number / len(cookies), over)
            for number, cookie in enumerate(cookies)
        ]
        time.sleep(4)  # everybody has the board
        for number in range(ENTRIES):
            write_on_board(actor=board.activated_by, activation_id=board.pk, text=f"entry-{number}.", at=timezone.now())
            written.append(time.perf_counter())
            time.sleep(PAUSE)
        over.set()
        seen = [reader.result() for reader in readers]
    missed = sum(number not in of_one for of_one in seen for number in range(ENTRIES))
    if missed:
        raise RuntimeError(f"{missed} entries were not seen at all")
    return [(of_one[number] - written[number]) * 1000 for of_one in seen for number in range(ENTRIES)]


def _read(port: int, board: int, cookie: str, begin: float, over: Event) -> dict[int, float]:
    """When one reader first saw each entry: they ask each second with the number of the last change that they saw."""
    connection, seen, since = http.client.HTTPConnection("127.0.0.1", port, timeout=60), {}, ""
    path = reverse("incidents:activation_board", args=[board])
    time.sleep(begin)
    while not over.is_set():
        connection.request("GET", f"{path}?since={since}", headers={"Cookie": cookie, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        body, at = answer.read().decode(), time.perf_counter()
        if answer.status == 200:
            since = body.partition("?since=")[2].partition('"')[0]
            for number in range(ENTRIES):
                if f"entry-{number}." in body:
                    seen.setdefault(number, at)
        elif answer.status != 204:
            raise RuntimeError(f"{path} answered {answer.status}")
        over.wait(1)
    return seen


def _result(name: str, value: float, goal: float | None) -> dict[str, Any]:
    found = {"name": f"board: {name}", "value": round(value, 2), "unit": "ms", "goal": goal}
    return {**found, "better": "lower", "holds": goal is None or value <= goal, "rows": READERS}
