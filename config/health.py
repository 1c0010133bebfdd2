"""Whether this process lives, and whether the system can work: `/health/live` and `/health/ready`.

Answered before sessions and permissions, so that a balancer needs no sign-in; it tells states, never values."""

import time
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse

WORKER_KEY, BEAT_KEY = "health:worker", "health:beat"
WORKER_SECONDS, BEAT_SECONDS = 30, 60


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
    return JsonResponse({"ready": not problems, "checks": states}, status=503 if problems else 200)


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
    return "" if cache.get("health:broker") else "It forgets what it is told."


def worker() -> str:
    return _seen(WORKER_KEY, WORKER_SECONDS, "No worker has given a sign of life: start one, or look into its log.")


def beat() -> str:
    return _seen(BEAT_KEY, BEAT_SECONDS, "Beat has queued nothing for a minute: start it, or look into its log.")


def migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are not applied: run manage.py migrate." if missing else ""


def _seen(key: str, seconds: int, sentence: str) -> str:
    at = cache.get(key)
    return "" if at and time.time() - at < seconds else sentence


CHECKS = {"database": database, "broker": broker, "worker": worker, "beat": beat, "migrations": migrations}


def note_worker(**_kwargs) -> None:
    """Called with every heartbeat of a worker, and from the task that beat queues."""
    cache.set(WORKER_KEY, time.time(), 300)


def note_beat() -> None:
    cache.set(BEAT_KEY, time.time(), 300)
