"""One file into the database, piece by piece. A piece is one transaction: its rows, its rejects, and how far the file has come."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg import sql

from audit.services import name_act, record_batch
from customers.ingest.compile import Checked, Compiler
from customers.ingest.lookups import check_columns, looked_up
from customers.ingest.mapping import FileMapping, Mapping
from customers.ingest.merge import Counts, merge
from customers.ingest.movements import ensure_months_of_checked, move
from customers.ingest.personal import seal_checked
from customers.ingest.readers import Piece, Refused, open_file, pieces, read_header
from customers.ingest.sql import statement
from customers.ingest.staging import execute, make_raw, stage, temporary
from customers.models import ImportFile, ImportReject, ImportRun

TRIES = 5
PASSING = {"40P01", "40001", "55P03"}  # deadlock, serialization, lock not available: the same work again will do
TABLES = ("ingest_raw", "ingest_checked", "ingest_new", "ingest_sealed")


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
    months: set[tuple[int, int]] = field(default_factory=set)
    line: int = 1
    offset: int = 0

    @property
    def is_transactions(self) -> bool:
        return self.file.target == "transactions"


def check_header(style: FileMapping, path: Path) -> list[str]:
    """Return the file's columns; raise ValidationError where the mapping reads one that is not there. [] for an empty file."""
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
    with temporary(*TABLES), looked_up(loading.style, loading.mapping, loading.folder) as lookups:
        checked = _compiled(loading.style, header, lookups, loading.run.source_id)
        make_raw(len(header))
        for piece in pieces(loading.path, loading.style, offset=loading.offset):
            _load_piece(loading, checked, piece, len(header))


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


def _load_piece(loading: Loading, checked: Checked, piece: Piece, columns: int) -> None:
    records, refused = stage(piece, loading.style, columns=columns, first_line=loading.line)
    if not piece.used:
        return
    sealed = check_staged(loading.style, checked, source_id=loading.run.source_id)
    if loading.is_transactions and not loading.run.dry_run:
        ensure_months_of_checked(loading.months)
    counts = _until_it_passes(lambda: _commit(loading, checked, piece, records, refused, sealed))
    loading.offset += piece.used
    loading.line += piece.content[: piece.used].count(b"\n")
    loading.file.bytes_read = loading.offset
    for name in ("read", "new", "changed", "known", "rejected"):
        setattr(loading.file, f"rows_{name}", getattr(loading.file, f"rows_{name}") + getattr(counts, name))
    loading.tell(loading.offset)


def check_staged(style: FileMapping, checked: Checked, *, source_id: int) -> dict[str, str]:
    """Check what is staged, into `ingest_checked`, and seal its personal fields; returns the columns that sealing added."""
    execute("DROP TABLE IF EXISTS pg_temp.ingest_checked CASCADE")
    execute(sql.SQL("CREATE TEMP TABLE ingest_checked AS {}").format(checked.select))
    return seal_checked(style, source_id=source_id)


def _until_it_passes(work: Callable[[], Counts]) -> Counts:
    """Do a piece's transaction; one that another one got in the way of is done again."""
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
def _commit(
    loading: Loading, checked: Checked, piece: Piece, records: int, refused: list[Refused], sealed: dict[str, str]
) -> Counts:
    run, file = loading.run, loading.file
    name_act("customers.import.rows_taken", f"{run.mapping}: {file.name}")
    if loading.is_transactions:
        moved = move(run_id=run.pk, source_id=run.source_id, dry=run.dry_run)
        counts = moved.counts
        if moved.first_id is not None:
            _record(loading, piece, counts.new)
    else:
        counts = merge(loading.style, checked, source_id=run.source_id, sealed=sealed)
    counts.rejected = keep_rejects(file, refused, loading.style.separator)
    counts.read = records
    _write_place(loading, piece, counts)
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
        [ImportReject(file=file, line=one.line, column=one.column, reason=one.reason, text=one.text) for one in refused],
        batch_size=1000,
    )
    return len(refused) + execute(statement("keep_rejects"), {"file": file.pk, "separator": separator})  # type: ignore[arg-type]


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
