"""Keys across files: an account's owner stands in another file, so that file is read first into a table of key and
value.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from psycopg import sql

from customers.ingest.compile import column, value_key
from customers.ingest.mapping import FileMapping, Mapping
from customers.ingest.readers import find_file, pieces, read_header
from customers.ingest.staging import execute, make_raw, stage, temporary
from customers.ingest.values import Step, Value

SQL, Identifier, Literal = sql.SQL, sql.Identifier, sql.Literal
PICKS = {"first": "n", "least": 'value COLLATE "C"', "greatest": 'value COLLATE "C" DESC'}


@contextmanager
def looked_up(file: FileMapping, mapping: Mapping, folder: Path) -> Iterator[dict[str, str]]:
    """Keep a temporary table for every lookup of a file; gives their names by `value_key`."""
    values = {value_key(value): value for value in file.values.values() if value.lookup}
    tables = {key: f"ingest_lookup_{n}" for n, key in enumerate(values, start=1)}
    steps = [f"ingest_step_{n}" for n in range(1, 1 + max((len(value.lookup) for value in values.values()), default=0))]
    with temporary(*tables.values(), *steps):
        for key, table in tables.items():
            _make(values[key], table, mapping, folder)
        yield tables


def _make(value: Value, table: str, mapping: Mapping, folder: Path) -> None:
    """Follow the steps one after another and keep one value a key, the first, least or greatest."""
    for number, step in enumerate(value.lookup, start=1):
        _read_step(step, f"ingest_step_{number}", mapping, folder)
    joined = SQL(" ").join(
        SQL("JOIN {0} ON {0}.key = {1}.value").format(
            Identifier(f"ingest_step_{n + 1}"), Identifier(f"ingest_step_{n}")
        )
        for n in range(1, len(value.lookup))
    )
    last = Identifier(f"ingest_step_{len(value.lookup)}")
    execute(SQL("DROP TABLE IF EXISTS pg_temp.{}").format(Identifier(table)))
    execute(
        SQL(
            "CREATE TEMP TABLE {table} AS SELECT DISTINCT ON (key) key, value FROM"
            " (SELECT ingest_step_1.key, {last}.value, ingest_step_1.n FROM ingest_step_1 {joined}) found"
            " WHERE value IS NOT NULL ORDER BY key, {pick}"
        ).format(table=Identifier(table), last=last, joined=joined, pick=SQL(PICKS[value.pick]))
    )
    execute(SQL("ALTER TABLE {} ADD PRIMARY KEY (key)").format(Identifier(table)))
    execute(SQL("ANALYZE {}").format(Identifier(table)))


def _read_step(step: Step, table: str, mapping: Mapping, folder: Path) -> None:
    style, path = mapping.file(step.file), find_file(folder, step.file)
    if style is None or path is None:
        raise ValidationError(
            _("%(name)s is not in the folder, and a lookup needs it: add the file.") % {"name": step.file}
        )
    header, offset, lines = read_header(path, style)
    check_columns(step.file, [step.origin, step.result, *step.where], header)
    make_raw(len(header))
    execute(SQL("DROP TABLE IF EXISTS pg_temp.{}").format(Identifier(table)))
    execute(SQL("CREATE TEMP TABLE {} (n bigint, key text, value text)").format(Identifier(table)))
    for piece in pieces(path, style, offset=offset):
        stage(piece, style, columns=len(header), first_line=lines + 1)
        lines += piece.content[: piece.used].count(b"\n")
        _keep_pairs(step, table, header)
    execute(SQL("CREATE INDEX ON {} (key)").format(Identifier(table)))
    execute(SQL("ANALYZE {}").format(Identifier(table)))


def _keep_pairs(step: Step, table: str, header: list[str]) -> None:
    conditions = [
        SQL("coalesce({}, '') = ANY({})").format(column(header.index(name)), Literal(texts))
        for name, texts in step.where.items()
    ]
    key = column(header.index(step.origin))
    execute(
        SQL("INSERT INTO {} SELECT r.row_no, {}, {} FROM ingest_raw r WHERE {}").format(
            Identifier(table), key, column(header.index(step.result)),
            SQL(" AND ").join([SQL("{} IS NOT NULL").format(key), *conditions]),
        )
    )  # fmt: skip


def check_columns(name: str, wanted: list[str], header: list[str]) -> None:
    """Raise ValidationError for columns that a file's header does not have, or has twice."""
    missing = [column for column in dict.fromkeys(wanted) if column not in header]
    if missing:
        raise ValidationError(
            _("%(file)s has no column “%(missing)s”; its first line names %(header)s. Correct the mapping or the file.")
            % {"file": name, "missing": "”, “".join(missing), "header": ", ".join(header[:60]) or _("nothing")}
        )
    twice = [column for column in dict.fromkeys(wanted) if header.count(column) > 1]
    if twice:
        raise ValidationError(
            _("%(file)s names the column “%(twice)s” more than once: rename one of them.")
            % {"file": name, "twice": "”, “".join(twice)}
        )
