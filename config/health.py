"""Whether this process lives, and whether the system can work: `/health/live` and `/health/ready`.

Answered before sessions and permissions, so that a balancer needs no sign-in; it tells states, never values."""

import time
from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.utils import timezone
from redis.exceptions import RedisError

from audit.services.state import sealer_is_late

WORKER_KEY, BEAT_KEY = "health:worker", "health:beat"
ALIVE_SECONDS = 30


class HealthMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/health/live":
            return JsonResponse({"live": True})
        if request.path == "/health/ready":
            return ready()
        return self.get_response(request)


def ready() -> JsonResponse:
    """Answer 200 where everything works, else 503 with a sentence for each part that does not."""
    problems = {name: sentence for name, check in CHECKS.items() if (sentence := _ask(check))}
    states = {name: problems.get(name, "ok") for name in CHECKS}
    response = JsonResponse({"ready": not problems, "checks": states}, status=503 if problems else 200)
    response._has_been_logged = True  # asked every second while the system starts: an answer, not an error
    return response


def _ask(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # whatever a part raises, the answer is that it does not work
        return f"It does not answer ({type(error).__name__})."


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def broker() -> str:
    cache.set("health:broker", time.time(), 10)
    return "" if cache.get("health:broker") else "Redis forgets what it is told: look into its memory limit."


def worker() -> str:
    return _seen(WORKER_KEY, "No worker has given a sign of life lately: start one, or look into its log.")


def beat() -> str:
    return _seen(BEAT_KEY, "Beat has given no sign of life lately: start it, or look into its log.")


def sealer() -> str:
    """Events that wait for the sealer alone; those behind a long transaction are told on the page of the log."""
    return sealer_is_late(at=timezone.now())


def migrations() -> str:
    """Compare names first: the full plan takes a tenth of a second, and most of the time nothing has changed."""
    global _complete
    applied = frozenset(MigrationRecorder(connection).applied_migrations())
    if applied == _complete:
        return ""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return f"{len(missing)} migrations are not applied: run manage.py migrate."
    _complete = applied
    return ""


def _seen(key: str, sentence: str) -> str:
    at = cache.get(key)
    return "" if at and time.time() - at < ALIVE_SECONDS else sentence


_complete: frozenset | None = None  # the migrations that were applied when last none was missing
CHECKS = {
    "database": database,
    "broker": broker,
    "worker": worker,
    "beat": beat,
    "migrations": migrations,
    "sealer": sealer,
}


def note_worker() -> None:
    """Called with every heartbeat of a worker, each two seconds."""
    _note(WORKER_KEY)


def note_beat() -> None:
    """Called with every tick of beat, at least each five seconds."""
    _note(BEAT_KEY)


def _note(key: str) -> None:
    """A Redis that is away gets no sign, which is true, and must not keep the part from working."""
    with suppress(RedisError):
        cache.set(key, time.time(), 300)
