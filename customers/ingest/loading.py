"""One file into the database, piece by piece. A piece is one transaction: its rows, its rejects, and how far the file
has come.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg import sql

from audit.services import name_act, record_batch
from customers.ingest.compile import Checked, Compiler
from customers.ingest.lookups import check_columns, looked_up
from customers.ingest.mapping import FileMapping, Mapping
from customers.ingest.merge import Counts, mark_taken, merge
from customers.ingest.movements import Staged, move, survey
from customers.ingest.personal import seal_checked
from customers.ingest.pipeline import Belt, Numbered, belt_of, work_through
from customers.ingest.readers import Piece, Refused, open_file, read_header
from customers.ingest.sql import statement
from customers.ingest.staging import execute, make_raw, session_settings, temporary
from customers.models import ImportFile, ImportReject, ImportRun

T = TypeVar("T")
TRIES = 5
PASSING = {"40P01", "40001", "55P03"}  # deadlock, serialization, lock not available: the same work again will do
TABLES = ("ingest_raw", "ingest_checked", "ingest_new", "ingest_sealed", "ingest_rolled")


@dataclass
class Loading:
    """One file on its way: what is known of it, and where it stands."""

    run: ImportRun
    file: ImportFile
    style: FileMapping
    mapping: Mapping
    folder: Path
    path: Path
    tell: Callable[[int], None]
    months: set[date] = field(default_factory=set)
    line: int = 1
    offset: int = 0

    @property
    def source_id(self) -> int:
        assert self.run.source_id is not None
        return self.run.source_id

    @property
    def is_transactions(self) -> bool:
        return self.file.target == "transactions"


def check_header(style: FileMapping, path: Path) -> list[str]:
    """Return the file's columns; raise ValidationError where the mapping reads one that is not there. [] for an empty
    file.
    """
    header, offset, lines = read_header(path, style)
    if header:
        check_columns(path.name, style.columns, header)
    return header


def load_file(loading: Loading) -> None:
    """Read a file from where it was left to its end. Killed at any moment, it goes on there when it is called again."""
    header, start, lines = read_header(loading.path, loading.style)
    if not header:
        return
    loading.offset = max(loading.file.bytes_read, start)
    loading.line = lines + 1 + _lines_between(loading.path, start, loading.offset)
    belt = belt_of(loading.path, loading.style, columns=len(header), offset=loading.offset, line=loading.line)
    work_through(belt, lambda belt: _work(loading, header, belt), workers=_workers(loading))


def _workers(loading: Loading) -> int:
    """Two for a long file of transactions. One inside a transaction, which other connections do not see, and where
    lookups stand in this connection's temporary tables.
    """
    has_lookups = any(value.lookup for value in loading.style.values.values())
    is_short = loading.file.size - loading.offset < 2 * settings.IMPORT_PIECE_BYTES
    return 1 if connection.in_atomic_block or not loading.is_transactions or has_lookups or is_short else 2


def _work(loading: Loading, header: list[str], belt: Belt) -> None:
    """Check and move pieces until there are none, over this thread's connection."""
    with session_settings(), temporary(*TABLES), looked_up(loading.style, loading.mapping, loading.folder) as lookups:
        checked = _compiled(loading.style, header, lookups, loading.source_id)
        make_raw(len(header))
        while numbered := belt.take():
            _load_piece(loading, checked, numbered, belt)


def _compiled(style: FileMapping, header: list[str], lookups: dict[str, str], source_id: int) -> Checked:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return Compiler(style, header, source_id=source_id, lookups=lookups, today=tomorrow.isoformat()).checked()


def _lines_between(path: Path, start: int, end: int) -> int:
    """Count the lines that were read before the import was interrupted."""
    lines, left = 0, end
    with open_file(path) as file:
        head = file.read(start)
        left -= len(head)
        while left > 0 and (part := file.read(min(left, 2**23))):
            lines += part.count(b"\n")
            left -= len(part)
    return lines


def _load_piece(loading: Loading, checked: Checked, numbered: Numbered, belt: Belt) -> None:
    sealed = check_staged(loading.style, checked, source_id=loading.source_id)
    staged = survey(loading.months, make_months=not loading.run.dry_run) if loading.is_transactions else Staged(0)

    def move_it() -> None:
        counts = until_it_passes(lambda: _commit(loading, checked, numbered, sealed, staged))
        loading.offset += numbered.piece.used
        loading.file.bytes_read = loading.offset
        for name in ("read", "new", "changed", "known", "rejected"):
            setattr(loading.file, f"rows_{name}", getattr(loading.file, f"rows_{name}") + getattr(counts, name))
        loading.tell(loading.offset)

    belt.in_turn(numbered.number, move_it)


def check_staged(style: FileMapping, checked: Checked, *, source_id: int) -> dict[str, str]:
    """Check what is staged, into `ingest_checked`, and seal its personal fields; returns the columns that sealing
    added.
    """
    execute("DROP TABLE IF EXISTS pg_temp.ingest_checked CASCADE")
    execute(sql.SQL("CREATE TEMP TABLE ingest_checked AS {}").format(checked.select))
    return seal_checked(style, source_id=source_id)


def until_it_passes(work: Callable[[], T]) -> T:
    """Do a transaction; one that another one got in the way of is done again."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in PASSING or attempt == TRIES or connection.in_atomic_block:
                raise
            time.sleep(0.05 * 2**attempt)
    raise AssertionError("unreachable")


@transaction.atomic
def _commit(loading: Loading, checked: Checked, numbered: Numbered, sealed: dict[str, str], staged: Staged) -> Counts:
    run, file = loading.run, loading.file
    # A crash of the server may lose this piece after it was committed; how far the file has come is lost with it.
    execute("SET LOCAL synchronous_commit = off")
    name_act("customers.import.rows_taken", f"{run.mapping}: {file.name}")
    if loading.is_transactions:
        counts = move(staged, run_id=run.pk, source_id=loading.source_id, dry=run.dry_run)
        if counts.new and not run.dry_run:
            _record(loading, numbered.piece, counts.new)
    else:
        mark_taken(loading.style, source_id=loading.source_id)
        counts = merge(loading.style, checked, source_id=loading.source_id, sealed=sealed)
        if loading.style.target and loading.style.target.settle:
            loading.style.target.settle(loading.source_id)
    counts.rejected = keep_rejects(file, numbered.refused, loading.style.separator)
    counts.read = numbered.records
    _write_place(loading, numbered.piece, counts)
    return counts


def _record(loading: Loading, piece: Piece, rows: int) -> None:
    content = piece.content[: piece.used]
    record_batch(
        "customers_transaction", rows, hashlib.sha256(content).hexdigest(), pk=loading.run.pk,
        detail={
            "file": loading.file.name, "from": loading.offset, "to": loading.offset + piece.used,
            "file_sha256": loading.file.sha256, "mapping_sha256": loading.run.mapping_sha256,
        },
    )  # fmt: skip


def keep_rejects(file: ImportFile, refused: list[Refused], separator: str) -> int:
    """Keep what was refused, as a record or as a row, and return how many there are."""
    ImportReject.objects.bulk_create(
        [
            ImportReject(file=file, line=one.line, column=one.column, reason=one.reason, text=one.text)
            for one in refused
        ],
        batch_size=1000,
    )
    return len(refused) + execute(statement("keep_rejects"), {"file": file.pk, "separator": separator})


def _write_place(loading: Loading, piece: Piece, counts: Counts) -> None:
    ImportFile.objects.filter(pk=loading.file.pk).update(
        bytes_read=loading.offset + piece.used,
        rows_read=F("rows_read") + counts.read,
        rows_new=F("rows_new") + counts.new,
        rows_changed=F("rows_changed") + counts.changed,
        rows_known=F("rows_known") + counts.known,
        rows_rejected=F("rows_rejected") + counts.rejected,
    )
    ImportRun.objects.filter(pk=loading.run.pk).update(beat_at=timezone.now())
