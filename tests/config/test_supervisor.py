"""`make run`'s own process, and the whole system under it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest
from django.conf import settings

from config import children, supervisor
from config.children import Child, end_leftovers, note, stop_all
from config.embedded import CannotStart
from tests.config.servers import environment, processes_of, wait_until

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
os.fork()
print(flush=True)
time.sleep(600)
"""


def child(code: str) -> Child:
    return Child("part", [sys.executable, "-c", code])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_part_that_dies_is_started_again_at_once_and_later_each_time(capsys):
    part = child("raise SystemExit(3)")
    part.start()
    part.process.wait()

    assert part.revive()
    part.process.wait()

    assert not part.revive()
    assert part.again_at - time.monotonic() == pytest.approx(1, abs=0.2)
    assert capsys.readouterr().out.splitlines() == [
        "part ended (exit code 3) and starts again.",
        "part ended (exit code 3) and starts again in 1 seconds.",
    ]


def test_a_part_that_does_not_listen_is_killed_with_its_forks(monkeypatch):
    monkeypatch.setattr(children, "PATIENCE", ((signal.SIGTERM, 0.2), (signal.SIGQUIT, 0.2)))
    part = child(STUBBORN)
    part.start()
    assert wait_until(lambda: psutil.Process(part.process.pid).children())
    [fork] = psutil.Process(part.process.pid).children()

    stop_all([part])

    assert part.process.returncode == -signal.SIGKILL
    assert wait_until(lambda: not fork.is_running() or fork.status() == psutil.STATUS_ZOMBIE)


def test_leftovers_of_a_killed_supervisor_are_ended_and_strangers_are_not(tmp_path):
    left, stranger = child("import time; time.sleep(600)"), child("import time; time.sleep(600)")
    left.start()
    stranger.start()
    record = tmp_path / "children.json"
    note([left, stranger], record)
    noted = json.loads(record.read_text())
    noted[str(stranger.process.pid)] -= 1000
    record.write_text(json.dumps(noted))

    end_leftovers(record)

    assert wait_until(lambda: not left.is_running())
    assert stranger.is_running()
    stop_all([stranger])


def test_a_port_in_use_is_told_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=rf"^Port {number} cannot be used \(address already in use\): .*PORT="):
            supervisor.check_port("127.0.0.1", number)


@pytest.mark.parametrize("text", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_told_in_a_sentence(monkeypatch, text):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(CannotStart, match="set it to a number from 1 to 65535"):
        supervisor.port()


# The whole system -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """The system with an empty company, in a folder of its own; stopped by SIGTERM, after which nothing may be left."""
    var, port = tmp_path_factory.mktemp("whole system"), free_port()
    log = var / "out.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=settings.ROOT,
            env=environment(var, PORT=str(port), DEMO="0", WEB_WORKERS="1", WORKER_CONCURRENCY="1"),
            stdout=out,
            stderr=out,
        )
    process.var, process.port, process.log = var, port, log
    ready = wait_until(lambda: "is ready at" in log.read_text() or process.poll() is not None, 180)
    assert ready, log.read_text()
    assert process.poll() is None, log.read_text()
    yield process
    process.terminate()
    process.wait(30)


def pids(system) -> list[int]:
    return [int(pid) for pid in json.loads((system.var / "run" / "children.json").read_text())]


def is_ready(system) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{system.port}/health/ready", timeout=5):
            return True
    except (URLError, OSError):
        return False


def test_the_address_is_said_once(system):
    said = system.log.read_text()

    assert said.count(f"Meridian is ready at http://127.0.0.1:{system.port}") == 1
    assert "Traceback" not in said


def test_a_second_system_on_the_same_folder_is_refused(system):
    second = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=settings.ROOT,
        env=environment(system.var, PORT=str(free_port()), DEMO="0"),
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert second.returncode == 1
    assert second.stderr.startswith(f"Meridian already runs on {system.var} (process {system.pid})")
    assert len(second.stderr.splitlines()) == 1
    assert is_ready(system)


@pytest.mark.parametrize(("place", "name"), [(0, "web"), (1, "worker"), (2, "beat"), (3, "sealer")])
def test_a_killed_part_comes_back(system, place, name):
    before = pids(system)

    os.kill(before[place], signal.SIGKILL)

    assert wait_until(lambda: pids(system)[place] != before[place])
    assert wait_until(lambda: is_ready(system))
    assert f"{name} ended (signal 9) and starts again." in system.log.read_text()


def test_a_killed_postgres_comes_back(system):
    servers = json.loads((system.var / "run" / "servers.json").read_text())

    os.kill(servers["postgres"], signal.SIGKILL)

    assert wait_until(lambda: "PostgreSQL had ended and was started again." in system.log.read_text())
    assert wait_until(lambda: is_ready(system))


def test_stopping_leaves_no_process_behind(system):
    system.terminate()

    assert system.wait(20) == 0
    assert not processes_of(system.var)
    assert not is_ready(system)
