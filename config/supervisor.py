"""`make run`: the whole system in the foreground under one process, which leaves nothing behind.

It makes ready (catalogues, static files, migrations, the demo company), starts web, worker and beat, watches them and the
embedded servers, starts again whatever dies, and ends all of them on Ctrl-C or SIGTERM. Children are told by the kernel when
this process is killed; what still is left is ended by the next start."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config import embedded
from config.preparation import prepare

PDEATHSIG = 1
STOP_SECONDS = 12
QUIET_SECONDS = 60  # a child that lived so long starts again at once
LONGEST_PAUSE = 30


@dataclass
class Child:
    """One part of the system: its command, its process, and how often it died lately."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    started: float = 0
    deaths: int = 0
    again_at: float = field(default=0)


def children() -> list[Child]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "config", "--quiet"]
    return [
        Child("web", [*python, "gunicorn", "-c", "config/gunicorn_conf.py", "config.wsgi:application"]),
        Child("worker", [*celery, "worker", "--concurrency", os.environ.get("WORKER_CONCURRENCY", "2"), "--loglevel", "WARNING"]),
        Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]),
    ]


class Supervisor:
    def __init__(self) -> None:
        self.children = children()
        self.stopping = threading.Event()
        self.record = embedded.var_folder() / "run" / "children.json"
        self.embeds = not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))

    def run(self) -> int:
        check_port()
        self.end_leftovers()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        prepare(stopping=self.stopping)
        try:
            self.share_addresses()
            for child in self.children:
                self.start(child)
            threading.Thread(target=self.announce, daemon=True).start()
            self.watch()
        finally:
            self.stop()
        return 0

    def share_addresses(self) -> None:
        """Children get the addresses, so that they embed nothing themselves."""
        from django.conf import settings
        from django.db import connections

        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = settings.DATABASE_URL, settings.REDIS_URL
        connections.close_all()

    def start(self, child: Child) -> None:
        environment = {**os.environ, "C_FORCE_ROOT": "1"}
        child.process = subprocess.Popen(
            child.command, cwd=embedded.ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip
        child.started = time.monotonic()
        self.note()

    def watch(self) -> None:
        servers_at = 0.0
        while not self.stopping.wait(0.3):
            now = time.monotonic()
            for child in self.children:
                self.revive(child, now)
            if self.embeds and now > servers_at:
                servers_at = now + 2
                self.revive_servers()

    def revive(self, child: Child, now: float) -> None:
        """Start a dead child again, at once the first time, then later and later while it keeps dying."""
        if child.process is not None:
            if (code := child.process.poll()) is None:
                return
            end_group(child.process.pid)
            child.deaths = 1 if now - child.started > QUIET_SECONDS else child.deaths + 1
            pause = min(2 ** (child.deaths - 1) - 1, LONGEST_PAUSE)
            say(f"{child.name} ended ({_reason(code)}) and starts again" + (f" in {pause} s." if pause else "."))
            child.process, child.again_at = None, now + pause
        if now >= child.again_at:
            self.start(child)

    def revive_servers(self) -> None:
        for name, start in (("PostgreSQL", embedded.start_postgres), ("Redis", embedded.start_redis)):
            try:
                started = time.monotonic()
                start()
                if time.monotonic() - started > 0.2:
                    say(f"{name} had ended and was started again.")
            except SystemExit as error:
                say(str(error))

    def announce(self) -> None:
        """Say once that everything answers, and who may sign in."""
        from urllib.error import URLError
        from urllib.request import urlopen

        port = os.environ.get("PORT", "8000")
        while not self.stopping.wait(0.2):
            try:
                urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5).close()  # noqa: S310
                break
            except (URLError, OSError):
                continue
        else:
            return
        say(f"Meridian is ready at http://127.0.0.1:{port}")
        sign_ins = embedded.var_folder() / "demo-sign-ins.txt"
        if sign_ins.exists():
            say(sign_ins.read_text().rstrip())

    def stop(self) -> None:
        say("Stopping …")
        alive = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in alive:
            process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for process in alive:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for child in self.children:
            if child.process:
                end_group(child.process.pid)
        self.record.unlink(missing_ok=True)

    def note(self) -> None:
        """Write down who runs, for a next start to end what a killed supervisor leaves."""
        pids = {str(child.process.pid): psutil.Process(child.process.pid).create_time() for child in self.children if child.process}
        self.record.parent.mkdir(parents=True, exist_ok=True)
        self.record.write_text(json.dumps({"supervisor": [os.getpid(), psutil.Process().create_time()], "children": pids}))

    def end_leftovers(self) -> None:
        """End the children of a supervisor that was killed; refuse while one lives. Strangers with old pids are left alone."""
        try:
            record = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return
        pid, born = record["supervisor"]
        if is_same(pid, born):
            raise embedded.CannotStart(f"Meridian already runs on {embedded.var_folder()} (process {pid}): stop it, or set MERIDIAN_VAR to another folder.")
        for pid, born in record["children"].items():
            if is_same(int(pid), born):
                end_group(int(pid))


def check_port() -> None:
    port = os.environ.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise embedded.CannotStart(f"PORT is {port!r}: write a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            raise embedded.CannotStart(f"Port {port} cannot be used ({error.strerror}): stop what runs there, or choose another: PORT=8001 make run.") from None


def is_same(pid: int, born: float) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - born) < 2
    except psutil.Error:
        return False


def end_group(pid: int) -> None:
    """Kill whatever is left of a child's process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def say(text: str) -> None:
    print(text, flush=True)


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)


def main() -> int:
    try:
        return Supervisor().run()
    except KeyboardInterrupt:
        return 130
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
            return 1
        raise


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main())
