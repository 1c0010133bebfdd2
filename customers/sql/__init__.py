"""Statements that do the work of a loop, one a file; `statement` reads them."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def statement(name: str) -> str:
    """Return the text of `name`.sql, with parameters named as psycopg names them."""
    return (FOLDER / f"{name}.sql").read_text()
