"""The sealer's process: seals within two seconds, ends in good order, comes through what goes wrong."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from audit.management.commands.audit_sealer import Command
from audit.models import Checkpoint, Leaf
from audit.rules.notes import read_signer
from audit.services.keys import known_keys
from tests.audit.tampering import tamper, write
from tests.config.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]


@pytest.fixture
def process():
    """A sealer of the test's database, as the supervisor starts it."""
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
        "from django.conf import settings; settings.SEALER_DATABASE_URL = ''\n"
        "from django.core.management import call_command\n"
        "call_command('audit_sealer')"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "MERIDIAN_DATABASE_ROLE": "admin"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=settings.ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def said(process) -> str:
    process.kill()
    return process.stderr.read()


def test_events_are_sealed_within_two_seconds_and_the_process_ends_when_told(process):
    write(3)
    assert wait_until(lambda: Leaf.objects.count() == 3), said(process)
    write(2)
    begun = time.monotonic()
    assert wait_until(lambda: Leaf.objects.count() == 5)
    taken = time.monotonic() - begun

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert taken < 5  # two on a machine that is not sharing itself among test runs
    assert process.stderr.read() == ""


def test_a_connection_that_was_cut_is_made_again(process):
    write()
    assert wait_until(lambda: Leaf.objects.count() == 1), said(process)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    write()

    assert wait_until(lambda: Leaf.objects.count() == 2)
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    assert "Sealing failed, and is tried again:" in process.stderr.read()


def test_what_is_wrong_is_said_once_and_tried_later_and_later(capsys, monkeypatch):
    write()
    command = Command()
    command.failures, command.said = 0, ""
    command.seal_once()
    tamper("UPDATE audit_leaf SET hash = sha256('forged')")
    write()

    pauses = [command.seal_once() for _ in range(7)]

    assert pauses[:3] == [2, 4, 8]
    assert pauses[-1] == 30
    said = capsys.readouterr().err
    assert said.count("does not continue the checkpoint that was signed last") == 1
    assert Checkpoint.objects.count() == 1


def test_sealing_by_command_says_how_many_and_what_is_wrong(capsys):
    write(4)

    call_command("audit_seal")
    assert "4 events sealed; the log has 4, 0 wait." in capsys.readouterr().out

    tamper("UPDATE audit_leaf SET hash = sha256('forged')")
    write()
    with pytest.raises(CommandError, match="run audit_verify --full, which says what was changed"):
        call_command("audit_seal")


def test_a_key_is_made_and_its_public_form_printed(capsys):
    call_command("seal_key", new=True)
    made = capsys.readouterr()
    signer = read_signer(made.out.strip().removeprefix("MERIDIAN_SEAL_KEY="))
    assert str(signer.verifier) in made.err

    call_command("seal_key")
    assert capsys.readouterr().out.split() == [str(key) for key in known_keys()]


def test_the_key_of_development_is_made_once_and_for_its_owner_alone(settings, tmp_path):
    settings.SEAL_KEY_PATH = tmp_path / "new" / "seal.key"

    first, second = known_keys(), known_keys()

    assert first == second
    assert settings.SEAL_KEY_PATH.stat().st_mode & 0o777 == 0o600
    assert list(settings.SEAL_KEY_PATH.parent.iterdir()) == [settings.SEAL_KEY_PATH]
