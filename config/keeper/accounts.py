"""Whom the servers run as: PostgreSQL refuses to be root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

SYSTEM_USER = "pgserver"


class CannotServe(Exception):
    """A server that cannot run; the message is one sentence for the operator."""


@dataclass(frozen=True)
class Account:
    """The system account of the servers, and what goes before their commands so that they can reach their files."""

    uid: int
    gid: int
    switches: bool
    prefix: tuple[str, ...] = ()

    def options(self) -> dict:
        """Return what `subprocess` needs to switch to this account."""
        if not self.switches or self.prefix:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(var: Path, programs: list[Path]) -> Account:
    """Return this account; as root, the owner of the data or `pgserver`, with a way through folders closed to others.

    Such folders (`/root`) are not opened: the servers get the one capability to pass through them instead.
    """
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid(), switches=False)
    owner = owner_of_data(var / "postgres") or system_user()
    account = Account(owner.pw_uid, owner.pw_gid, switches=True)
    if all(reaches(account, path) for path in [var, *programs]):
        return account
    for capability in ("dac_read_search", "dac_override"):
        able = with_capability(account, capability)
        if all(reaches(able, path) for path in [var, *programs]):
            return able
    raise CannotServe(
        f"PostgreSQL does not run as root, and the user {owner.pw_name} that it runs as cannot enter {var}: "
        "put Meridian where others may pass through (such as /opt), or start it as an ordinary user."
    )


def with_capability(account: Account, capability: str) -> Account:
    """Return the account with one capability, which access(2) honours only under the `no_setuid_fixup` bit."""
    switch = ("setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups")
    able = ("--securebits=+no_setuid_fixup", f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}")
    return replace(account, prefix=(*switch, *able, "--pdeathsig=INT", "--"))


def owner_of_data(data: Path) -> pwd.struct_passwd | None:
    """Return the account that made `data`, unless it is root or gone."""
    try:
        owner = pwd.getpwuid(data.stat().st_uid)
    except (OSError, KeyError):
        return None
    return owner if owner.pw_uid else None


def system_user() -> pwd.struct_passwd:
    """Return `pgserver`, made if it is missing and can be, else `nobody`."""
    program = shutil.which("useradd")
    if program and not known_user(SYSTEM_USER):
        subprocess.run([program, "--system", "--shell", "/bin/false", SYSTEM_USER], capture_output=True)
    if found := known_user(SYSTEM_USER) or known_user("nobody"):
        return found
    raise CannotServe(
        "PostgreSQL does not run as root, and there is no user for it: start Meridian as an ordinary user."
    )


def known_user(name: str) -> pwd.struct_passwd | None:
    return next((entry for entry in pwd.getpwall() if entry.pw_name == name), None)


def reaches(account: Account, path: Path) -> bool:
    """Whether the account can enter (a folder) or run (a program) `path`, found out by doing it."""
    command = ["/bin/sh", "-c", 'cd -- "$0"', str(path)] if path.is_dir() else [str(path), "--version"]
    try:
        tried = subprocess.run([*account.prefix, *command], capture_output=True, cwd="/", **account.options())
    except OSError:
        return False
    return tried.returncode == 0
