"""The processes of `make run`: each leads a group of its own and is started again when it dies."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PDEATHSIG = 1
QUIET_SECONDS = 60  # whoever lived so long starts again at once
LONGEST_PAUSE = 30
PATIENCE = ((signal.SIGTERM, 6.0), (signal.SIGQUIT, 4.0))  # asked to finish, then to drop its work, then killed


def say(text: str) -> None:
    """Print at once. A terminal that has gone must not keep the system from stopping."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


@dataclass
class Child:
    """One part of the system: its command, its process, and how often it died lately."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    started: float = 0
    deaths: int = 0
    again_at: float = 0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self.started = time.monotonic()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> bool:
        """Start it again if it has ended, at once the first time, then later and later. Return whether it was."""
        now = time.monotonic()
        if self.is_running():
            return False
        if self.process is not None:
            self.bury(now)
        if now < self.again_at:
            return False
        self.start()
        return True

    def bury(self, now: float) -> None:
        """End what is left of its group, and settle when it starts again."""
        assert self.process is not None
        end_group(self.process.pid)
        self.deaths = 1 if now - self.started > QUIET_SECONDS else self.deaths + 1
        pause = min(2 ** (self.deaths - 1) - 1, LONGEST_PAUSE)
        say(
            f"{self.name} ended ({reason(self.process.returncode)}) and starts again"
            + (f" in {pause} seconds." if pause else ".")
        )
        self.process, self.again_at = None, now + pause


def stop_all(children: list[Child]) -> None:
    """Ask all at once, insist after a while, and kill the groups of those who do not listen."""
    for number, seconds in PATIENCE:
        running = [child.process for child in children if child.process and child.is_running()]
        for process in running:
            process.send_signal(number)
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(process.poll() is None for process in running):
            time.sleep(0.05)
    for child in children:
        if child.process:
            end_group(child.process.pid)
            child.process.wait()


def end_group(pid: int) -> None:
    """Kill whatever is left of the process group that a child leads."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def end_with_parent() -> None:
    """Have Linux end this process, in good order, when the one that started it is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)


def reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


# What a killed supervisor leaves -------------------------------------------------------------------------------------
def note(children: list[Child], record: Path) -> None:
    """Write down who runs, and since when: numbers alone may come to mean strangers."""
    born = {child.process.pid: born_at(child.process.pid) for child in children if child.process}
    record.write_text(json.dumps(born))


def end_leftovers(record: Path) -> None:
    """End the recorded processes that still live, with their groups."""
    try:
        noted = json.loads(record.read_text())
    except (OSError, ValueError):
        return
    for pid, born in noted.items():
        if born is not None and born_at(int(pid)) == born:
            end_group(int(pid))
    record.unlink(missing_ok=True)


def born_at(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None
