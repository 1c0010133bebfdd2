"""Messages that a killed worker had taken."""

import subprocess
import sys

import pytest
import redis
from django.conf import settings

from config import celery
from config.celery import app
from tests.config.servers import environment

QUEUE = "taken"
TAKE_AND_DIE = """
import os
from config.celery import app
app.conf.broker_url = os.environ["BROKER"]
queue = app.connection_for_write().SimpleQueue("taken")
queue.put("work")
queue.get(timeout=10)
os._exit(9)
"""


@pytest.fixture
def broker(tmp_path):
    """The broker after a process took a message and was killed before it was done with it."""
    command = [sys.executable, "-c", TAKE_AND_DIE]
    done = subprocess.run(command, cwd=settings.ROOT, env=environment(tmp_path, BROKER=app.conf.broker_url), timeout=60)
    assert done.returncode == 9
    client = redis.Redis.from_url(settings.REDIS_URL)
    assert (client.llen(QUEUE), client.hlen("unacked")) == (0, 1)
    yield client
    client.delete(QUEUE, "unacked", "unacked_index")


def test_the_only_worker_takes_back_at_once_what_a_killed_one_had_taken(broker, monkeypatch):
    monkeypatch.setenv("MERIDIAN_ONLY_WORKER", "1")

    celery._take_back_work()

    assert (broker.llen(QUEUE), broker.hlen("unacked")) == (1, 0)


def test_one_of_several_workers_leaves_to_others_what_they_hold(broker, monkeypatch):
    monkeypatch.delenv("MERIDIAN_ONLY_WORKER", raising=False)

    celery._take_back_work()

    assert (broker.llen(QUEUE), broker.hlen("unacked")) == (0, 1)
