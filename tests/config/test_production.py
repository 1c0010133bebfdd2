"""Production does not start without its secrets, and says which one is missing; with them Django has nothing to warn of."""

import base64
import os
import subprocess
import sys

import pytest
from django.conf import settings

from audit.rules.notes import Signer

KEY = base64.b64encode(b"k" * 32).decode()
NEEDED = {
    "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
    "MERIDIAN_KEYS": f"test:{KEY}",
    "MERIDIAN_INDEX_KEY": KEY,
    "MERIDIAN_SEAL_KEY": Signer("meridian/log", b"k" * 32).private_text(),
    "ALLOWED_HOSTS": "meridian.example",
}


def check(**changes: str | None) -> subprocess.CompletedProcess:
    """Run Django's checks for production with these variables; None takes one away."""
    kept = set(os.environ) - set(NEEDED) - {"DJANGO_ALLOW_ASYNC_UNSAFE"}  # browser tests set it for this process
    known = {name: os.environ[name] for name in kept if not name.endswith("_FILE")}
    wanted = {**known, **NEEDED, "MERIDIAN_PRODUCTION": "1", "DATABASE_URL": "postgres:///none",
              "REDIS_URL": "redis://127.0.0.1:1/0", **changes}  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    environment = {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_checks_of_production_find_nothing():
    done = check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "MERIDIAN_KEYS", "MERIDIAN_INDEX_KEY", "MERIDIAN_SEAL_KEY"])
def test_a_missing_secret_is_named(name):
    done = check(**{name: None})
    assert done.returncode != 0
    assert f"Set {name} (or {name}_FILE): production has no default for it." in done.stderr


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path):
    (tmp_path / "key").write_text(NEEDED["SECRET_KEY"] + "\n")
    assert check(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "key")).returncode == 0
