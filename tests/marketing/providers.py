"""Providers of tests: real servers, each a process of its own on a loopback port."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class Running:
    """A provider that runs: its port, how it behaves, what it has taken."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = int((folder / "port").read_text())

    def behave(self, how):
        (self.folder / "behave.new").write_text(how)
        (self.folder / "behave.new").rename(self.folder / "behave")

    @property
    def taken(self):
        path = self.folder / "taken"
        return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def log(self):
        path = self.folder / "taken"
        return path.read_text() if path.exists() else ""


@contextmanager
def running(module: str, folder: Path):
    """Run `tests.marketing.<module>` until the end of the block."""
    process = subprocess.Popen([sys.executable, "-m", f"tests.marketing.{module}", str(folder)], cwd=settings.BASE_DIR)
    try:
        until = time.monotonic() + 20
        while not (folder / "port").exists():
            assert process.poll() is None, "the provider has ended"
            assert time.monotonic() < until, "the provider did not start"
            time.sleep(0.02)
        yield Running(folder)
    finally:
        process.kill()
        process.wait()
