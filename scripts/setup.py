"""Makes the virtual environment that the Makefile's commands run in. Standard library only: it runs on a bare machine.

`python3 scripts/setup.py requirements.txt [requirements-dev.txt]` is quick when nothing changed, and repairs what was
left half made. What cannot be mended is said in one sentence. An old Python must be able to read this, to be told.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST, NEWEST = 11, 14  # of Python 3: what the pinned packages come for
NEEDED_MB = 1500


def main(files: list[str]) -> int:
    if sys.version_info < (3, OLDEST):
        return with_newer_python(files)
    if is_current(files):
        return 0
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would install into each other
        return 0 if is_current(files) else make(files)


def make(files: list[str]) -> int:
    """Make or mend the environment, after a look at what would spoil it later."""
    free = shutil.disk_usage(str(ROOT)).free // 2**20
    if free < NEEDED_MB:
        return say(f"Only {free} MB are free on the disk of {ROOT}: make room for {NEEDED_MB} MB and start again.")
    if not os.access(str(ROOT), os.W_OK):
        return say(f"{ROOT} cannot be written: give it to yourself (sudo chown -R $USER), or clone it anew.")
    port = os.environ.get("PORT") or "8000"
    if os.environ.get("MERIDIAN_FOR") == "run" and is_taken(port):
        return say(f"Port {port} is in use: stop the program that uses it, or choose another: make run PORT=8001")
    if not works():
        print("Making the virtual environment …", flush=True)
        made = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if made.returncode or not works():
            return say(
                f"The virtual environment could not be made ({last_line(made)}): "
                "install your system's package for it (Debian and Ubuntu: apt install python3-venv) and start again."
            )
    return install(files)


def install(files: list[str]) -> int:
    print("Installing pinned packages …", flush=True)
    stamp(files).unlink(missing_ok=True)
    wanted = [part for name in files for part in ("-r", str(ROOT / name))]
    done = run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary", *wanted]
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        return say("The packages could not be installed: mend what is said above (often the network), and start again.")
    stamp(files).write_text(fingerprint(files))
    return 0


def works() -> bool:
    """Whether the environment's Python runs and can install."""
    return PYTHON.exists() and run([str(PYTHON), "-m", "pip", "--version"]).returncode == 0


def is_current(files: list[str]) -> bool:
    """Whether the last installation ended well, was of these pins, and still runs."""
    try:
        unchanged = stamp(files).read_text() == fingerprint(files)
    except OSError:
        return False
    return unchanged and run([str(PYTHON), "-c", "import pip"]).returncode == 0


def stamp(files: list[str]) -> Path:
    return VENV / ("meridian-" + "-".join(Path(name).stem for name in files) + ".stamp")


def fingerprint(files: list[str]) -> str:
    """Return what the environment depends on: the pins, and where it stands (environments do not move)."""
    parts = [str(VENV).encode()] + [(ROOT / name).read_bytes() for name in files]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_taken(port: str) -> bool:
    """Whether another program listens there. What else may be wrong with the port is said when the system starts."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return port.isdecimal() and 0 < int(port) < 65536 and probe.connect_ex(("127.0.0.1", int(port))) == 0


def with_newer_python(files: list[str]) -> int:
    """Go on with a newer Python of this machine, or say that there is none."""
    for minor in range(NEWEST, OLDEST - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and subprocess.call([newer, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) == 0:
            return subprocess.call([newer, __file__] + files)
    found = ".".join(str(part) for part in sys.version_info[:3])
    return say(
        f"Meridian needs Python 3.{OLDEST} or newer, and this is {found}: install one, then make run PYTHON=<it>."
    )


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    try:
        return subprocess.run(
            command, cwd=str(ROOT), env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, stdout=str(error))


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout.strip().splitlines() or ["it said nothing"])[-1]


def say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(say("Interrupted: the next start goes on from here."))
