"""`make run`: the whole system in the foreground under one process, which leaves nothing behind.

It makes ready (`config.preparation`), starts web, worker, beat and sealer, starts again whatever dies, watches the embedded
servers, and ends all of them on Ctrl-C or SIGTERM. The kernel ends the children of a supervisor that is killed; then
the servers have no user any more and stop. What still is left is ended by the next start.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from config import embedded
from config.children import Child, end_leftovers, end_with_parent, note, say, stop_all

NEEDED_MB = 500
LATE_SECONDS = 60  # then the parts that are not ready are named
SERVERS = {"postgres": "PostgreSQL", "redis": "Redis"}


def children() -> list[Child]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "config", "--quiet"]
    concurrency = os.environ.get("WORKER_CONCURRENCY", "2")
    return [
        Child("web", [*python, "gunicorn", "--config", "config/gunicorn_conf.py", "config.wsgi:application"]),
        Child(
            "worker",
            [*celery, "worker", "--concurrency", concurrency, "--loglevel", "WARNING"],
            {"MERIDIAN_ONLY_WORKER": "" if embedded.is_complete() else "1"},
        ),
        Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
        Child("sealer", [sys.executable, "manage.py", "audit_sealer"]),
    ]


class Supervisor:
    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.children = children()
        self.record = embedded.run_folder() / "children.json"
        self.servers: dict[str, int] = {}
        self.told = ""
        self.look_again = 0.0

    def run(self) -> int:
        self.claim_folder()
        end_leftovers(self.record)
        check_port(os.environ.get("BIND", "127.0.0.1"), port())
        check_disk()
        try:
            if not embedded.is_complete():
                embedded.join()
            if not self.prepare():
                return 0 if self.stopping.is_set() else 1
            for child in self.children:
                child.start()
            note(self.children, self.record)
            threading.Thread(target=self.announce, daemon=True).start()
            self.watch()
        finally:
            self.stop()
        return 0

    def claim_folder(self) -> None:
        """Hold the var folder for as long as this process lives: two systems on one folder would mix their children."""
        self.lock = (embedded.run_folder() / "supervisor.lock").open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.lock.seek(0)
            raise embedded.CannotStart(
                f"Meridian already runs on {embedded.var_folder()} (process {self.lock.read() or 'unknown'}): "
                "stop it with Ctrl-C, or set MERIDIAN_VAR to another folder and PORT to another port."
            ) from None
        self.lock.truncate(0)
        self.lock.write(str(os.getpid()))
        self.lock.flush()

    def prepare(self) -> bool:
        """Migrate and so on in a process of its own, whose memory and locks go with it. Return whether it went well."""
        preparation = Child(
            "preparation", [sys.executable, "-m", "config.preparation"], {"MERIDIAN_DATABASE_ROLE": "migrator"}
        )
        preparation.start()
        try:
            while preparation.is_running() and not self.stopping.wait(0.05):
                pass
        finally:
            stop_all([preparation])
        return preparation.process is not None and preparation.process.returncode == 0 and not self.stopping.is_set()

    def watch(self) -> None:
        while not self.stopping.wait(0.3):
            started = [child.revive() for child in self.children]
            if any(started):
                note(self.children, self.record)
            if not embedded.is_complete() and time.monotonic() >= self.look_again:
                self.look_again = time.monotonic() + 1
                self.watch_servers()

    def watch_servers(self) -> None:
        """Say what the keeper has restarted; have it back if it was killed, with a pause if it cannot work."""
        state = embedded.watch()
        if state.get("state") == "failed":
            self.look_again += 10
            if self.told != state["reason"]:
                self.told = state["reason"]
                say(self.told)
        if state.get("state") != "ready":
            return
        for key, name in SERVERS.items():
            if self.servers.get(key, state[key]) != state[key]:
                say(f"{name} had ended and was started again.")
            self.servers[key] = state[key]

    def announce(self) -> None:
        """Say once that everything answers, and who may sign in; or, late, what does not answer."""
        late = time.monotonic() + LATE_SECONDS
        while not self.stopping.wait(0.2):
            waiting_for = missing_parts()
            if waiting_for is None:
                say(f"Meridian is ready at http://127.0.0.1:{port()}")
                sign_ins = embedded.var_folder() / "demo-sign-ins.txt"
                if sign_ins.exists():
                    say(sign_ins.read_text().rstrip())
                return
            if time.monotonic() > late:
                late = float("inf")
                say(f"Meridian is not ready yet. {waiting_for}")

    def stop(self) -> None:
        if any(child.process for child in self.children):
            say("Stopping …")
        stop_all(self.children)
        self.record.unlink(missing_ok=True)
        embedded.leave()


def missing_parts() -> str | None:
    """Return None when the system is ready, else a sentence for each part that is not."""
    try:
        with urlopen(f"http://127.0.0.1:{port()}/health/ready", timeout=5):
            return None
    except HTTPError as answer:
        if answer.code != 503:
            return f"The web server answers with {answer.code}."
        return " ".join(sentence for sentence in json.load(answer)["checks"].values() if sentence != "ok")
    except (URLError, OSError, ValueError):
        return "The web server does not answer."


def port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise embedded.CannotStart(f"PORT is {text!r}: set it to a number from 1 to 65535.")
    return int(text)


def check_port(address: str, number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, number))
        except OSError as error:
            raise embedded.CannotStart(
                f"Port {number} cannot be used ({error.strerror.lower()}): "
                f"stop the program that uses it, or choose another port: make run PORT={number % 65535 + 1}"
            ) from None


def check_disk() -> None:
    free = shutil.disk_usage(embedded.run_folder()).free // 2**20
    if free < NEEDED_MB:
        raise embedded.CannotStart(
            f"Only {free} MB are free on the disk of {embedded.var_folder()}: make room for {NEEDED_MB} MB, "
            "or set MERIDIAN_VAR to a folder on another disk."
        )


def main() -> int:
    os.chdir(embedded.ROOT)
    if "MAKELEVEL" in os.environ:
        end_with_parent()
    try:
        supervisor = Supervisor()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, lambda *_: supervisor.stopping.set())
        return supervisor.run()
    except SystemExit as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
