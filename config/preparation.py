"""What must be true before the system starts: catalogues compiled, static files collected, schema current, a company.

One process does it all, because each manage.py command by itself would cost its second of start-up."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import embedded


def prepare() -> None:
    """Do what is missing."""
    import django

    from scripts.catalogues import compile_stale

    compile_stale()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    collect()
    with alone():
        migrate()
    become_app()
    with alone():
        make_demo()
    forget_signs_of_life()


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time migrates and fills a database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('meridian.preparation'))")
        yield
        cursor.execute("SELECT pg_advisory_unlock(hashtext('meridian.preparation'))")


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from audit.context import command_context

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        with command_context("migrate"):
            call_command("migrate", verbosity=0, interactive=False)


def become_app() -> None:
    """Whoever changed the schema does no business: from here on the connection is the application's."""
    import dj_database_url
    from django.db import connection

    from config.roles import database_url

    connection.close()
    connection.settings_dict.update(dj_database_url.parse(database_url("app")))


def collect() -> None:
    """Collect the static files where one was added, removed or changed since."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = static_state()
    if stamp.exists() and stamp.read_text() == state:
        return
    print("Collecting static files …", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(state)


def static_state() -> str:
    """Return a digest of the names, sizes and times of every static file."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def make_demo() -> None:
    """Make a demo company on the first start, unless DEMO=0; finish one that was interrupted."""
    from django.core.management import call_command

    from audit.context import command_context
    from customers.models import Customer

    if os.environ.get("DEMO", "1") == "0":
        return
    unfinished = (embedded.var_folder() / "demo.unfinished").exists()
    if unfinished or not Customer.objects.exists():
        print("Making a demo company, once …", flush=True)
        with command_context("demo"):
            call_command("demo", finish=unfinished)


def forget_signs_of_life() -> None:
    """What an earlier run has left in Redis says nothing about the parts that start now."""
    from django.core.cache import cache

    from config.health import BEAT_KEY, WORKER_KEY

    cache.delete_many([BEAT_KEY, WORKER_KEY])


def main() -> int:
    from django.db import OperationalError
    from redis.exceptions import ConnectionError as NoRedis

    try:
        prepare()
    except OperationalError as error:
        return refuse(f"PostgreSQL cannot be used ({first_line(error)}): check DATABASE_URL and that the server runs.")
    except NoRedis as error:
        return refuse(f"Redis cannot be reached ({first_line(error)}): check REDIS_URL and that the server runs.")
    return 0


def refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


if __name__ == "__main__":
    sys.exit(main())
