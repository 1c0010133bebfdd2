"""A process of its own that is killed at a call: what it leaves half done is for the next one to find.

Not a fork: a child would share the sockets of its parent, and the database would not notice that it is dead."""

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

PROGRAM = """
import importlib, os, signal
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.utils import timezone
connection.settings_dict["NAME"] = {database!r}
settings.MEDIA_ROOT = {media!r}
module, calls = importlib.import_module({module!r}), []
real = module.{name}
def dies(*arguments, **more):
    calls.append(1)
    if len(calls) > {after}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **more)
module.{name} = dies
{run}
"""


def run_and_die(run: str, *, at: str, after: int = 0, environment: dict[str, str] | None = None) -> int:
    """Run statements beside this process, killed at the call number `after` of the function at a dotted path.

    They see this test's committed rows, `module` (where that function lives) and `timezone`. Return the exit code,
    which is -SIGKILL where the function was called often enough."""
    module, _dot, name = at.rpartition(".")
    program = PROGRAM.format(
        database=connection.settings_dict["NAME"],
        media=str(settings.MEDIA_ROOT), module=module, name=name, after=after, run=run,
    )  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", program], cwd=settings.ROOT, timeout=120, capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **(environment or {})},
    ).returncode  # fmt: skip
