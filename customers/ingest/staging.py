"""The raw rows of a piece of a file, in a temporary table of texts.

COPY takes a piece as it is. Where it cannot (bytes that are no text, a wrong number of columns, a stray quotation
mark), or where the number of rows is not the number of lines, the piece is read once more, record by record: what is
no row is refused with its line, and the rest is copied.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.utils import DataError
from psycopg import sql

from customers.ingest.mapping import FileMapping
from customers.ingest.readers import Piece, Refused, has_loose_quotes, parse

SQL, Identifier, Literal = sql.SQL, sql.Identifier, sql.Literal
# Written in a line of its own this ends the rows for PostgreSQL before 18, whatever follows.
END_MARK = b"\\."


def execute(statement: sql.Composable | str, parameters: Any = None) -> int:
    """Run a statement and return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def rows_of(statement: sql.Composable | str, parameters: Any = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@contextmanager
def temporary(*tables: str) -> Iterator[None]:
    """Drop the named temporary tables before and after."""
    _drop(tables)
    try:
        yield
    finally:
        if connection.connection and not connection.connection.broken and not connection.needs_rollback:
            _drop(tables)


@contextmanager
def session_settings() -> Iterator[None]:
    """Compiling expressions takes longer than a piece does, and its sorts and joins fit in memory."""
    execute("SELECT set_config('jit', 'off', false), set_config('work_mem', '64MB', false)")
    try:
        yield
    finally:
        if connection.connection and not connection.connection.closed and not connection.needs_rollback:
            execute("RESET jit")
            execute("RESET work_mem")


def _drop(tables: Iterable[str]) -> None:
    for table in tables:
        execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(Identifier("pg_temp", table)))


def make_raw(columns: int) -> None:
    """Make the temporary table `ingest_raw` for rows of so many columns; `line` counts up by itself."""
    execute("CREATE TEMP SEQUENCE IF NOT EXISTS ingest_line")
    execute("DROP TABLE IF EXISTS pg_temp.ingest_raw")
    named = SQL(", ").join(SQL("{} text").format(Identifier(f"c{n + 1}")) for n in range(columns))
    execute(
        SQL("CREATE TEMP TABLE ingest_raw (row_no bigint DEFAULT nextval('pg_temp.ingest_line'), {})").format(named)
    )


def stage(piece: Piece, style: FileMapping, *, columns: int, first_line: int) -> tuple[int, list[Refused]]:
    """Put the rows of a piece into `ingest_raw`, and return how many records it held and which of them are no rows."""
    execute("TRUNCATE pg_temp.ingest_raw")
    rows = _copy_whole(piece, style, columns, first_line)
    if rows is not None:
        return rows, []
    taken, refused = parse(piece, style, columns=columns, first_line=first_line)
    _copy_rows(taken, columns)
    return len(taken) + len(refused), refused


def _copy_whole(piece: Piece, style: FileMapping, columns: int, first_line: int) -> int | None:
    """COPY the bytes as they are; return the rows, or None (and no row in the table) where that would not be right."""
    content = piece.content
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if not piece.is_whole or has_loose_quotes(content, style) or _has_end_mark(content):
        return None
    try:
        if style.encoding not in ("utf-8", "ascii"):
            content = content.decode(style.encoding).encode()
        execute("SELECT setval('pg_temp.ingest_line', %s, false)", [first_line])
        with transaction.atomic():
            rows = _copy(content, style, columns)
            if rows != lines:
                raise _NotLineByLine
    except (_NotLineByLine, UnicodeDecodeError, DataError, psycopg.DataError):
        return None
    return rows


def _has_end_mark(content: bytes) -> bool:
    return END_MARK in content and any(line.strip() == END_MARK for line in content.split(b"\n"))


class _NotLineByLine(Exception):
    """Records and lines differ in number, so line numbers would be wrong, or a stray quotation mark swallowed rows."""


def _copy(content: bytes, style: FileMapping, columns: int) -> int:
    statement = SQL("COPY pg_temp.ingest_raw ({}) FROM STDIN (FORMAT csv, DELIMITER {}, QUOTE {}, ESCAPE {})").format(
        SQL(", ").join(Identifier(f"c{n + 1}") for n in range(columns)),
        Literal(style.separator), Literal(style.quote), Literal(style.quote),
    )  # fmt: skip
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.write(content)
        return cursor.rowcount


def _copy_rows(rows: list[tuple[int, list[str]]], columns: int) -> None:
    named = SQL(", ").join(Identifier(f"c{n + 1}") for n in range(columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(SQL("COPY pg_temp.ingest_raw (row_no, {}) FROM STDIN").format(named)) as copy,
    ):
        for line, cells in rows:
            copy.write_row((line, *cells))
