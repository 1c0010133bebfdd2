"""Which role of the database a process is, and the address that it signs in with.

The owner owns everything and cannot sign in. The migrator changes the schema in its name, the app works with rows, the
sealer adds proofs, the redactor erases plain text from the log, the reader reads what nobody needs to hide. An address
that the environment does not name falls back to DATABASE_URL: one role for everything, as long as nobody separates them.
"""

import os
import sys
from pathlib import Path

from config import embedded

SQL = Path(__file__).parent / "sql"
VARIABLES = {
    "app": "DATABASE_URL",
    "migrator": "MIGRATOR_DATABASE_URL",
    "sealer": "SEALER_DATABASE_URL",
    "redactor": "REDACTOR_DATABASE_URL",
    "reader": "READER_DATABASE_URL",
    "admin": "ADMIN_DATABASE_URL",
}
# Commands of manage.py that are not the application's work.
COMMANDS = {
    "migrate": "migrator",
    "flush": "migrator",
    "demo": "migrator",  # a company founded at once, past the guards of four eyes
    "database_roles": "admin",
    "audit_seal": "sealer",
    "audit_sealer": "sealer",
    "audit_anchor": "sealer",
    "audit_retire": "migrator",  # drops a partition
}


def role_of_process() -> str:
    """Return what this process is: what MERIDIAN_DATABASE_ROLE says, what its command needs, or the application."""
    if named := os.environ.get("MERIDIAN_DATABASE_ROLE"):
        return named
    if "pytest" in sys.modules:
        return "admin"
    program, command = Path(sys.argv[0]).name, sys.argv[1] if len(sys.argv) > 1 else ""
    return COMMANDS.get(command, "app") if program == "manage.py" else "app"


def database_url(role: str) -> str:
    """Return the address for a role; on the embedded server roles sign in without a password, through its private
    socket."""
    if named := address_in(VARIABLES[role]) or address_in("DATABASE_URL"):
        return named
    return embedded.postgres_url("postgres" if role == "admin" else f"meridian_{role}")


def address_in(variable: str) -> str:
    """Return an address from the environment or from the file that `VARIABLE_FILE` names; it may hold a password."""
    if path := os.environ.get(f"{variable}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(variable, "")


def sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()
