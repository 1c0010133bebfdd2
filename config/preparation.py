"""What must be true before the system starts: catalogues compiled, static files collected, schema current, a company there."""

import os
import threading
from pathlib import Path

from config import embedded


def prepare(*, stopping: threading.Event) -> None:
    """Do what is missing, in this process: each manage.py command by itself would cost its second of start-up."""
    from scripts.catalogues import compile_stale

    compile_stale()
    import django

    django.setup()
    for step in (_migrate, _collect, _demo):
        if stopping.is_set():
            raise SystemExit(130)
        step()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)


def _collect() -> None:
    """Static files by content: only where a source is newer than what was collected last."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    newest = max((path.stat().st_mtime for path in (embedded.ROOT / "static").rglob("*") if path.is_file()), default=0)
    requirements = (embedded.ROOT / "requirements.txt").stat().st_mtime if (embedded.ROOT / "requirements.txt").exists() else 0
    if stamp.exists() and stamp.stat().st_mtime >= max(newest, requirements):
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.touch()


def _demo() -> None:
    """A demo company on the first start, unless DEMO=0; one that was interrupted in its nights is finished."""
    from django.core.management import call_command

    from customers.models import Customer

    if os.environ.get("DEMO", "1") == "0":
        return
    unfinished = (embedded.var_folder() / "demo.unfinished").exists()
    if unfinished or not Customer.objects.exists():
        print("Making a demo company, once …", flush=True)
        call_command("demo", finish=unfinished)
