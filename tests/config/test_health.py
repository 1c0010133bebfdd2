import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from audit.services.sealing import seal_all
from config import health
from tests.config.servers import environment
from tests.database_roles import as_owner


@pytest.fixture
def alive(db):
    seal_all(at=timezone.now())
    health.note_worker()
    health.note_beat()


def test_live_asks_no_database(client):
    answer = client.get("/health/live")  # a query would raise: this test has no access to the database

    assert answer.status_code == 200
    assert answer.json() == {"live": True}
    assert not answer.cookies


def test_ready_when_every_part_works(client, alive):
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": dict.fromkeys(health.CHECKS, "ok")}


@pytest.mark.parametrize(("part", "key"), [("worker", health.WORKER_KEY), ("beat", health.BEAT_KEY)])
def test_a_part_without_a_sign_of_life_is_named(client, alive, part, key):
    cache.delete(key)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert [name for name, said in answer.json()["checks"].items() if said != "ok"] == [part]


def test_an_old_sign_of_life_is_none(client, alive):
    cache.set(health.WORKER_KEY, cache.get(health.WORKER_KEY) - health.ALIVE_SECONDS - 1)

    assert client.get("/health/ready").status_code == 503


def test_a_migration_that_is_not_applied_is_told(client, alive):
    assert client.get("/health/ready").status_code == 200
    with as_owner():
        MigrationRecorder.Migration.objects.filter(app="django_celery_beat").order_by("-name").first().delete()

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 migrations are not applied: run manage.py migrate."


def test_servers_that_are_away_are_named_and_nothing_else_is_told(tmp_path):
    code = (
        "import django; django.setup(); from django.test import Client; "
        "print(Client().get('/health/ready').content.decode())"
    )
    away = {"DATABASE_URL": "postgres://me:secret@127.0.0.1:1/none", "REDIS_URL": "redis://:secret@127.0.0.1:1/0"}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.ROOT,
        env=environment(tmp_path, DJANGO_SETTINGS_MODULE="config.settings", **away),
        capture_output=True,
        text=True,
        timeout=60,
    )

    answer = json.loads(done.stdout)
    assert not answer["ready"]
    assert answer["checks"]["database"] == "It does not answer (OperationalError)."
    assert answer["checks"]["broker"] == "It does not answer (ConnectionError)."
    assert "secret" not in done.stdout
