"""Statements that do the work of a loop, one a file; `statement` reads them."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def statement(name: str) -> str:
    """Return the text of `name`.sql, with parameters named as psycopg names them."""
    return (FOLDER / f"{name}.sql").read_text()


@cache
def fingerprint(name: str) -> str:
    """Return twelve signs that change whenever the statement does: its version, for who asks how a figure was made."""
    return sha256(statement(name).encode()).hexdigest()[:12]


def make_table(cursor: Any, name: str, parameters: dict[str, Any], **places: str) -> None:
    """Make the temporary table of the statement `name`, in place of one that was made earlier in the same
    transaction."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(statement(name).format(**places), parameters)
