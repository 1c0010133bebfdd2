"""Processes of a person's own, with embedded servers of their own: none of the settings of the test run reach them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from django.conf import settings

PRELUDE = """
import os, sys, time
from config import embedded
import psycopg, redis

def database():
    return psycopg.connect(embedded.postgres_url(), autocommit=True)

def queue():
    return redis.Redis.from_url(embedded.redis_url())
"""


def environment(var: Path, **more: str) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("MERIDIAN", "PYTEST", "MAKE"))
    }
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PORT", "BIND", "STATIC_ROOT", "MEDIA_ROOT"):
        inherited.pop(name, None)
    return {**inherited, "MERIDIAN_VAR": str(var), "PYTHONPATH": str(settings.ROOT), **more}


def begin(var: Path, code: str, **more: str) -> subprocess.Popen:
    """Start a Python process that is a user of the servers of `var`."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code],
        cwd=settings.ROOT,
        env=environment(var, **more),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(var: Path, code: str, **more: str) -> str:
    """Run such a process to its end and return what it printed."""
    process = begin(var, code, **more)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


def manage(var: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.ROOT,
        env=environment(var, **more),
        text=True,
        capture_output=True,
        timeout=120,
    )


def wait_until(true: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def processes_of(var: Path) -> list[str]:
    """Return the command lines that name `var`, and the servers that work in it."""
    found = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            works_in = process.cwd()
        except (psutil.Error, OSError):
            continue
        if str(var) in command or works_in.startswith(str(var)):
            found.append(command)
    return found
