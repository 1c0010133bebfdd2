"""PostgreSQL and Redis (Valkey) from wheels, for whoever has no servers: there while somebody uses them.

Every process that asks for an address is a user: it holds a shared lock on `run/users.lock` of the var folder for as
long as it lives, its forks with it. The first user starts the keeper (`config/keeper/`), which owns both servers and
stops them when nobody holds that lock any more. The kernel drops the lock of a process that was killed, so there is
nothing to tidy.

Both listen on Unix sockets alone, in a short folder under /tmp, because the path of a socket may have 107 bytes at most
and a checkout may lie deep. `python -m config.embedded` says whether they run, `python -m config.embedded stop` ends
those that MERIDIAN_KEEP=1 has left.
"""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Commands of manage.py that touch no server.
SERVERLESS = {
    "collectstatic",
    "makemessages",
    "compilemessages",
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "spectacular",
}
FOR_TESTS = "for-tests"  # tests have servers of their own in this folder of the var folder, quick and not durable
TELL_AFTER = 10  # seconds of silence, then a word about the wait
GIVE_UP_AFTER = 900  # the replay of a long log after a crash

_membership: int | None = None  # the descriptor that holds this process's shared lock


class CannotStart(SystemExit):
    """Servers that do not start; the message is one sentence for the operator, and no traceback follows it."""


def var_folder() -> Path:
    """Return the folder of all that Meridian keeps, which may not exist yet; tests have one of their own inside it."""
    folder = Path(os.environ.get("MERIDIAN_VAR") or ROOT / "var").resolve()
    return folder / FOR_TESTS if "pytest" in sys.modules and folder.name != FOR_TESTS else folder


def is_complete() -> bool:
    """Whether the environment names both servers, so that nothing is embedded."""
    return all(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in ("DATABASE_URL", "REDIS_URL"))


def postgres_url(user: str = "postgres") -> str:
    """Return the address of PostgreSQL for a role, started if need be."""
    return f"postgres://{user}@/postgres?host={join()}"


def redis_url() -> str:
    """Return the address of Redis, started if need be."""
    return f"unix://{join()}/redis.sock"


def join() -> Path:
    """Become a user, make sure that the servers answer, and return the folder of their sockets."""
    sockets = socket_folder()
    if needs_servers():
        _enter()
        _ensure(sockets)
    return sockets


def needs_servers() -> bool:
    """Whether this process will talk to them: a few commands never do, nor does a type checker."""
    program, command = Path(sys.argv[0]).name, sys.argv[1] if len(sys.argv) > 1 else "help"
    return not (program in {"manage.py", "django-admin"} and command in SERVERLESS) and "mypy" not in sys.modules


def watch() -> dict:
    """Return what the keeper has written down about the servers, at once; start a keeper if there is none any more.

    Keys: `state` (starting, ready, failed or stopped), `reason`, and the process numbers `keeper`, `postgres`, `redis`.
    """
    state = _read_state()
    if (lock := _lock_keeper()) is not None:
        _start_keeper(lock, socket_folder())
    return state


def leave() -> None:
    """Be a user no longer. The last one waits until the servers have stopped (unless they are to stay)."""
    global _membership
    if _membership is None:
        return
    os.close(_membership)
    _membership = None
    if not _is_shared("users.lock"):
        stop()


def stop() -> None:
    """Have the servers stopped as soon as nobody uses them, and wait for that while nobody does."""
    keeper = _read_state().get("keeper")
    if keeper is None or not _is_held("keeper.lock"):
        return
    os.kill(keeper, signal.SIGTERM)
    while _is_held("keeper.lock") and not _is_shared("users.lock"):
        time.sleep(0.05)


def socket_folder() -> Path:
    """Return where the sockets are: short, and derived from the var folder alone, whoever asks."""
    name = f"meridian-{hashlib.sha256(os.fsencode(var_folder())).hexdigest()[:12]}"
    return Path("/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()) / name


def _enter() -> None:
    """Take the shared lock. It waits while a keeper that has decided to stop is stopping."""
    global _membership
    if _membership is not None:
        return
    lock = _open("users.lock")
    fcntl.flock(lock, fcntl.LOCK_SH)
    _membership = lock


def _ensure(sockets: Path) -> None:
    """Return when the servers answer; start their keeper if there is none."""
    begun, told, tried = time.monotonic(), False, False
    while True:
        if (lock := _lock_keeper()) is not None:
            if tried:
                raise CannotStart(_failure())
            _start_keeper(lock, sockets)
            tried = True
        if _read_state().get("state") == "ready":
            break
        waited = time.monotonic() - begun
        if waited > TELL_AFTER and not told:
            print(
                "Waiting for the embedded PostgreSQL and Redis, which may be recovering from a crash …",
                file=sys.stderr,
                flush=True,
            )
            told = True
        if waited > GIVE_UP_AFTER:
            raise CannotStart(f"The embedded servers do not answer: see postgres.log and redis.log in {var_folder()}.")
        time.sleep(0.03)
    if os.environ.get("MERIDIAN_KEEP") == "1":
        (run_folder() / "keep").touch()


def _start_keeper(lock: int, sockets: Path) -> None:
    """Start a keeper that inherits its lock, and forget what an earlier one wrote."""
    for leftover in ("servers.json", "keep"):
        (run_folder() / leftover).unlink(missing_ok=True)
    flags = ["--for-tests"] if var_folder().name == FOR_TESTS else []
    with (run_folder() / "keeper.log").open("wb") as log:
        subprocess.Popen(
            [sys.executable, "-m", "keeper", str(var_folder()), str(sockets), *flags],
            cwd=Path(__file__).parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            pass_fds=(lock,),
        )  # fmt: skip
    os.close(lock)


def _lock_keeper() -> int | None:
    """Return the keeper's lock if there is no keeper, for the one that is to be started."""
    lock = _open("keeper.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _is_held(name: str) -> bool:
    """Whether some process holds the lock, alone or with others."""
    return not _can_lock(name, fcntl.LOCK_EX)


def _is_shared(name: str) -> bool:
    """Whether processes hold the lock together, as users do. A keeper that is stopping holds it alone."""
    return _is_held(name) and _can_lock(name, fcntl.LOCK_SH)


def _can_lock(name: str, kind: int) -> bool:
    lock = _open(name)
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _open(name: str) -> int:
    """Return a descriptor of a file to lock. Children that run another program do not inherit it, forks do."""
    try:
        return os.open(run_folder() / name, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unusable(error) from None


def run_folder() -> Path:
    """Return the folder of locks and process numbers, made if it is missing."""
    folder = var_folder() / "run"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(error) from None
    return folder


def _unusable(error: OSError) -> CannotStart:
    return CannotStart(
        f"Meridian cannot keep its data in {var_folder()} ({error.strerror}): give it back to yourself "
        "(sudo chown -R \"$USER\"), or set MERIDIAN_VAR to a folder that you may write."
    )  # fmt: skip


def _read_state() -> dict:
    try:
        return json.loads((run_folder() / "servers.json").read_text())
    except (OSError, ValueError):
        return {}


def _failure() -> str:
    log = run_folder() / "keeper.log"
    return _read_state().get("reason") or f"The embedded servers could not be started: see {log}."


def main() -> None:
    if sys.argv[1:] == ["stop"]:
        stop()
    running = _is_held("keeper.lock")
    state = _read_state() if running else {}
    print(f"{var_folder()}: {state['state']}, process {state['keeper']}" if state else f"{var_folder()}: not running")


if __name__ == "__main__":
    main()
