"""What other audit libraries cost on the same row: django-auditlog, django-simple-history, django-pghistory.

A process of its own, `python -m bench.peers SAVES`, with settings that hold these libraries and nothing of ours, in a
schema of its own of the benchmarks' database. Prints the median of a save as each library writes it, and of one that
nothing writes, in seconds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time

import dj_database_url
import django
from django.conf import settings

SCHEMA = "bench_peers"
APPS = ["django.contrib.contenttypes", "django.contrib.auth", "auditlog", "simple_history", "pgtrigger", "pghistory"]


def configure() -> None:
    database = dj_database_url.parse(os.environ["DATABASE_URL"])
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "options": f"-c search_path={SCHEMA}"}
    settings.configure(
        INSTALLED_APPS=[*APPS, "bench.peers"],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SECRET_KEY="benchmarks sign nothing",
    )
    django.setup()


def main(saves: int) -> None:
    configure()
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    call_command("migrate", verbosity=0)
    from bench.peers.models import make_tables

    models = make_tables(saves)
    try:
        medians = _medians(models, saves)
        _check_written(models, saves)
        print(json.dumps(medians))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def _check_written(models: dict, saves: int) -> None:
    """A library that wrote nothing down has cost nothing: each has an entry for each save."""
    from auditlog.models import LogEntry

    kept = {
        "django-auditlog": LogEntry.objects.count(),
        "django-simple-history": models["django-simple-history"].history.count(),
        "django-pghistory": models["django-pghistory"].pgh_event_model.objects.count(),
    }
    if set(kept.values()) != {saves}:
        raise RuntimeError(f"Not every save was written down: {kept} of {saves}.")


def _medians(models: dict, saves: int) -> dict[str, float]:
    """The same row of each table changed and saved, turn by turn, with somebody who does it where a library keeps that."""
    import pghistory

    loans = {name: list(model.objects.order_by("id")[:saves]) for name, model in models.items()}
    taken: dict[str, list[float]] = {name: [] for name in models}
    with pghistory.context(user=7, request="0190a0a0-0000-7000-8000-000000000000"):
        for number in range(saves):
            for name in models:
                loan = loans[name][number]
                loan.state, loan.principal = "closed", number + 1
                begun = time.perf_counter()
                loan.save()
                taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]))
