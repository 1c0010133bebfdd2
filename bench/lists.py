"""The customer list and the customer's page over HTTP, and Django's admin over the same table.

Two workers on the loopback, two requests at a time."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from bench.datasets import Size
from bench.people import known, people_of, phone_of
from customers.models import Customer
from pages.keyset import keyset_page
from staff.guards import unguarded
from staff.models import User

GOAL = 200  # ms, the 95th percentile
WORKERS = THREADS = 2
REQUESTS = 120  # of each kind
ADMIN_REQUESTS = 12
LIST = "/customers/"


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is a million customers and ten million transactions."""
    size = Size.at(scale)
    people_of(size)
    call_command("collectstatic", interactive=False, verbosity=0)
    cookie = _session()
    with _serving("config.settings", "config.wsgi:application") as port:
        times = {name: _times(port, cookie, paths) for name, paths in _places(size).items()}
        ours = _rate(port, cookie, LIST, REQUESTS)
    with _serving("bench.admin_settings", "bench.admin_urls:application") as port:
        stock, careful = (
            _rate(port, cookie, f"/{site}/customers/customer/", ADMIN_REQUESTS) for site in ("admin", "careful")
        )
    far = statistics.median(times["list, a page half way down"]) / statistics.median(times["list, first page"])
    return [
        *(_result(f"{name}, p95", _p95(taken), GOAL, "ms", size) for name, taken in times.items()),
        _result("a page half way down, against the first", far, 1.5, "×", size),
        _result("requests a second of the list", ours, None, "/s", size, better="higher"),
        _result("the list's requests a second, against Django's admin", ours / stock, 40, "×", size, better="higher"),
        _result("the same, against an admin that joins its rows", ours / careful, None, "×", size, better="higher"),
        _result("requests a second of Django's admin", stock, None, "/s", size, better="higher"),
    ]


def _places(size: Size) -> dict[str, list[str]]:
    """What is asked for, by name: addresses to go through in turn."""
    sample = known(size)
    some = [f"C-{100_000 + pk}" for pk in sample[:: max(len(sample) // 40, 1)]]
    last = [f"C-{100_000 + pk}" for pk in range(1, 40)]  # who pay daily have the longest history
    far = _cursor(size.customers // 2)
    filters = [
        "line=fund",
        "line=payment",
        "kind=business",
        "risk=high",
        "status=review",
        "region=R7",
        "lifecycle=active",
        "lifecycle=dormant",
        "overdue_min=30",
        "last_movement_after=2026-06-01",
        "joined_after=2026-01-01",
        "risk=high&status=review&kind=business",
    ]
    return {
        "list, first page": [LIST],
        "list, a page half way down": [f"{LIST}?cursor={far}"],
        "list by balance, downwards": [f"{LIST}?sort=-balance"],
        "list by name": [f"{LIST}?sort=name"],
        **{f"list, filter {query}": [f"{LIST}?{query}"] for query in filters},
        "search by surname": [f"{LIST}?q={quote('王')}"],
        "search by whole name": [f"{LIST}?q={quote(name)}" for name in ("王伟明", "陈芳华", "胡涛兰")],
        "search by phone": [f"{LIST}?q={quote(phone_of(pk))}" for pk in sample[:40]],
        "search by last four": [f"{LIST}?q={pk % 10_000:04d}" for pk in sample[:40]],
        "search by number": [f"{LIST}?q={reference}" for reference in some],
        "customer's page": [f"{LIST}{reference}/" for reference in some],
        "customer's page, who pays daily": [f"{LIST}{reference}/" for reference in last],
        "customer's transactions": [f"{LIST}{reference}/transactions/" for reference in some],
        "customer's transactions, who pays daily": [f"{LIST}{reference}/transactions/" for reference in last],
    }


def _cursor(pk: int) -> str:
    page = keyset_page(Customer.objects.filter(pk__lte=pk).only("pk"), order=["-id"], size=1)
    return str(page.next)


def _session() -> str:
    """The cookie of a signed-in person who sees customers and Django's admin."""
    user, _made = User.objects.get_or_create(email="bench@meridian.example", defaults={"full_name": "Bench"})
    with unguarded("benchmark"):
        user.groups.add(*(Group.objects.get_or_create(name=role)[0] for role in ("service", "risk")))
    client = Client()
    client.force_login(user, backend="staff.backends.RoleBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def _serving(module: str, application: str, **more: str) -> Iterator[int]:
    """Two workers of `application` on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": module,
        "PORT": str(port),
        "WEB_WORKERS": str(WORKERS),
        "WEB_THREADS": "2",
        "DEBUG": "0",
        "RATE_SEARCH": "1000000/m",  # one person of the benchmark searches for all
        **more,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn_conf.py", application]
    server = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server of the benchmark did not start.")


def _times(port: int, cookie: str, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each request, THREADS at a time, after each worker is warm."""
    _ask(port, cookie, [paths[0]] * 2 * WORKERS)
    return _ask(port, cookie, [paths[number % len(paths)] for number in range(REQUESTS)])


def _rate(port: int, cookie: str, path: str, requests: int) -> float:
    _ask(port, cookie, [path] * 2 * WORKERS)
    began = time.perf_counter()
    _ask(port, cookie, [path] * requests)
    return requests / (time.perf_counter() - began)


def _ask(port: int, cookie: str, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each request, THREADS at a time; anything but an answer of 200 raises."""
    shares = [paths[number::THREADS] for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        taken = pool.map(lambda share: _one_after_the_other(port, cookie, share), shares)
        return [one for some in taken for one in some]


def _one_after_the_other(port: int, cookie: str, paths: Sequence[str]) -> list[float]:
    connection, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        response.read()
        taken.append((time.perf_counter() - began) * 1000)
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
    return taken


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95) - 1]


def _result(
    name: str, value: float, goal: float | None, unit: str, size: Size, *, better: str = "lower"
) -> dict[str, Any]:
    holds = goal is None or (value <= goal if better == "lower" else value >= goal)
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "goal": goal,
        "better": better,
        "holds": holds,
        "rows": size.customers,
    }
