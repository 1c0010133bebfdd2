"""The process that owns the embedded PostgreSQL and Redis of one var folder: starts, watches, restarts and stops them.

Started by `config.embedded`, never by hand. It lives as long as somebody holds a shared lock on `run/users.lock`, and
`LINGER_SECONDS` longer. It holds `run/keeper.lock` all its life, inherited from the process that started it, so that
there is never a second one. `run/servers.json` says how far it is. SIGTERM means: stop as soon as nobody needs you.

It imports nothing of the project, so that it stays small and starts at once.
"""

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .accounts import Account, CannotServe, account_for
from .servers import Postgres, Redis, Server, postgres_programs, redis_program

LINGER_SECONDS = 2
CRASHES, CRASH_SECONDS = 5, 60  # so many ends within so long, and the keeper gives up
NEEDED_MB = 300


class Keeper:
    def __init__(self, var: Path, sockets: Path, *, durable: bool) -> None:
        self.var, self.sockets, self.durable = var, sockets, durable
        self.keep = var / "run" / "keep"  # while this file exists, the servers stay without users
        self.linger = float(LINGER_SECONDS)
        self.servers: list[Server] = []
        self.users = os.open(var / "run" / "users.lock", os.O_RDWR | os.O_CREAT, 0o644)
        signal.signal(signal.SIGTERM, self.hurry)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def hurry(self, *_: object) -> None:
        self.linger = 0
        self.keep.unlink(missing_ok=True)

    def run(self) -> int:
        try:
            self.tell("starting")
            self.set_up()
            for server in self.servers:
                server.start()
            self.wait_until(lambda: all(server.is_ready() for server in self.servers))
            for server in self.servers:
                server.settle()
            self.watch()
        except (CannotServe, OSError) as error:
            self.tell("failed", str(error))
            return 1
        finally:
            for server in self.servers:
                server.stop()
            shutil.rmtree(self.sockets, ignore_errors=True)
        self.tell("stopped")
        return 0

    def set_up(self) -> None:
        if (free := shutil.disk_usage(self.var).free // 2**20) < NEEDED_MB:
            raise CannotServe(
                f"Only {free} MB are free on the disk of {self.var}: make room for {NEEDED_MB} MB, "
                "or set MERIDIAN_VAR to a folder on another disk."
            )
        account = account_for(self.var, [postgres_programs() / "postgres", redis_program()])
        make_sockets(self.sockets, account)
        self.servers = [kind(self.var, self.sockets, account, durable=self.durable) for kind in (Postgres, Redis)]

    def watch(self) -> None:
        """Until nobody uses the servers any more, start again whatever ends."""
        unused_since: float | None = None
        self.tell("ready")
        while True:
            time.sleep(0.2)
            for server in self.servers:
                if server.has_ended():
                    self.restart(server)
            if self.keep.exists() or not self.is_unused():
                unused_since = None
                continue
            unused_since = unused_since or time.monotonic()
            if time.monotonic() - unused_since >= self.linger and self.is_unused(claim=True):
                return

    def restart(self, server: Server) -> None:
        now = time.monotonic()
        server.ends = [end for end in server.ends if now - end < CRASH_SECONDS] + [now]
        if len(server.ends) > CRASHES:
            raise CannotServe(
                f"{server.name} ended {len(server.ends)} times within a minute ({server.last_words()}): "
                f"see {server.log}."
            )
        self.tell("starting")
        server.start()
        self.wait_until(server.is_ready)
        server.settle()
        self.tell("ready")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """However long the replay of a log after a crash takes, but not past the end of a server."""
        while not ready():
            for server in self.servers:
                if server.has_ended():
                    raise CannotServe(f"{server.name} ended at once ({server.last_words()}): see {server.log}.")
            time.sleep(0.02)

    def is_unused(self, *, claim: bool = False) -> bool:
        """Whether no process holds the users' lock. Claimed, it makes new ones wait until this keeper has gone."""
        try:
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        if not claim:
            fcntl.flock(self.users, fcntl.LOCK_UN)
        return True

    def tell(self, state: str, reason: str = "") -> None:
        """Write down, in one piece, how far this keeper is."""
        file = self.var / "run" / "servers.json"
        fresh = file.with_suffix(".new")
        pids = {server.name.lower(): server.process.pid for server in self.servers if server.process}
        fresh.write_text(
            json.dumps({"state": state, "reason": reason, "keeper": os.getpid(), "sockets": str(self.sockets), **pids})
        )
        fresh.replace(file)


def make_sockets(folder: Path, account: Account) -> None:
    """Make the folder of the sockets, open to the servers' account alone (and root)."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), account.uid}:
        raise CannotServe(f"{folder} belongs to somebody else: remove it, or set MERIDIAN_VAR to another folder.")
    os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def main(arguments: list[str]) -> int:
    os.chdir("/")
    var, sockets, *flags = arguments
    return Keeper(Path(var), Path(sockets), durable="--for-tests" not in flags).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
