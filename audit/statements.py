"""Statements that do the work of a loop: one a file, in a folder of the room that runs them."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any


class Statements:
    """The `*.sql` of one folder, each read once."""

    def __init__(self, folder: Path):
        self._read = cache(lambda name: (folder / f"{name}.sql").read_text(encoding="utf-8"))

    def statement(self, name: str) -> str:
        """Return the text of `name`.sql, with parameters named as psycopg names them."""
        return self._read(name)

    def fingerprint(self, name: str) -> str:
        """Return twelve signs that change whenever the statement does: its version, for who asks how a figure was
        made."""
        return sha256(self.statement(name).encode()).hexdigest()[:12]

    def make_table(self, cursor: Any, name: str, parameters: dict[str, Any], **places: str) -> None:
        """Make the temporary table of the statement `name`, in place of one that was made earlier in the same
        transaction."""
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(self.statement(name).format(**places), parameters)
