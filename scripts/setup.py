"""Makes the virtual environment that the Makefile's commands run in. Standard library only: it runs on a bare machine.

`python3 scripts/setup.py requirements.txt [requirements-dev.txt]` is quick when nothing changed, and repairs what was left
half made. What cannot be mended is said in one sentence."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEEDED_MB = 1500


def main(files: list[str]) -> int:
    if sys.version_info < (3, 11):
        return say(f"Meridian needs Python 3.11 or newer, and this is {sys.version.split()[0]}: run make with PYTHON=python3.11.")
    stamp = VENV / f"meridian-{'-'.join(Path(name).stem for name in files)}.stamp"
    if is_current(stamp, files):
        return 0
    if (free := shutil.disk_usage(ROOT).free // 2**20) < NEEDED_MB:
        return say(f"Only {free} MB are free on this disk: make room for {NEEDED_MB} MB and start again.")
    if not works():
        print("Making the virtual environment …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        if run([sys.executable, "-m", "venv", str(VENV)]):
            return say("The virtual environment could not be made: install your system's venv package (Debian: python3-venv).")
    print("Installing pinned packages …", flush=True)
    wanted = [part for name in files for part in ("-r", str(ROOT / name))]
    if run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-warn-script-location", *wanted]):
        return say("The packages could not be installed: check the network and the messages above, then start again.")
    stamp.write_text(fingerprint(files))
    return 0


def works() -> bool:
    """Whether the environment's Python runs and can install."""
    return PYTHON.exists() and not subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode


def is_current(stamp: Path, files: list[str]) -> bool:
    return stamp.exists() and PYTHON.exists() and stamp.read_text() == fingerprint(files)


def fingerprint(files: list[str]) -> str:
    """What the environment depends on: the pins, this Python, and where it stands (environments do not move)."""
    parts = [sys.version.encode(), str(VENV).encode(), *((ROOT / name).read_bytes() for name in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def run(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT).returncode


def say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
