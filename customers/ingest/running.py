"""A whole run: every file of a mapping, in the order in which rows refer to each other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.ingest.catalogue import ensure_products
from customers.ingest.loading import Loading, check_header, load_file
from customers.ingest.lookups import check_columns
from customers.ingest.mapping import FileMapping, Mapping
from customers.ingest.movements import settle_balances
from customers.ingest.readers import Measured, find_file, measure, read_header
from customers.ingest.staging import execute, rows_of
from customers.models import ImportFile, ImportReject, ImportRun, ImportState, Source

Tell = Callable[[int, int, str], None]
# Rejects that a dry run keeps of each file; it counts all of them.
SHOWN_OF_DRY_RUN = 1000


class RunIsBusy(ValidationError):
    """Another process is at work on this run."""


def measured(mapping: Mapping, folder: Path) -> list[Measured | None]:
    """Find and measure every file of a mapping, and check that its columns are there, before anything is loaded.

    None stands for an optional file that is not there. Raises ValidationError with everything that is missing.
    """
    if not folder.is_dir():
        raise ValidationError(
            _("There is no folder %(folder)s: give the folder that holds the files.") % {"folder": folder}
        )
    problems: list[str] = []
    found: list[Measured | None] = []
    seen: dict[Path, Measured] = {}
    for style in mapping.files:
        try:
            found.append(_measured(style, mapping, folder, seen))
        except ValidationError as error:
            problems += error.messages
    if problems:
        raise ValidationError(list(dict.fromkeys(problems)))
    return found


def _measured(style: FileMapping, mapping: Mapping, folder: Path, seen: dict[Path, Measured]) -> Measured | None:
    path = find_file(folder, style.name)
    if path is None and style.optional:
        return None
    if path is None:
        raise ValidationError(
            _("%(name)s is not in the folder, nor %(name)s.gz: add it, or leave it out of the mapping.")
            % {"name": style.name}
        )
    if path not in seen:
        seen[path] = measure(path)
    check_header(style, path)
    for value in style.values.values():
        for step in value.lookup:
            _check_lookup(step, mapping, folder)
    return seen[path]


def _check_lookup(step, mapping: Mapping, folder: Path) -> None:
    lookup, path = mapping.file(step.file), find_file(folder, step.file)
    if path is None or lookup is None:
        raise ValidationError(
            _("%(name)s is not in the folder, and a lookup needs it: add the file.") % {"name": step.file}
        )
    header = read_header(path, lookup)[0]
    check_columns(step.file, [step.origin, step.result, *step.where], header)


def import_files(*, run_id: int, mapping: Mapping, folder: Path, tell: Tell | None = None) -> ImportRun:
    """Do a run, or what is left of it. Safe to call again after a kill at any moment; two at once: one works, one is
    refused.

    `tell(done, total, sentence)` hears of the bytes after each piece and may raise to stop; what was taken so far
    stays taken.
    """
    with _alone(run_id):
        run = _begin(run_id)
        try:
            _do(run, mapping, folder, tell or (lambda done, total, sentence: None))
        except ValidationError as error:
            _end(run, ImportState.FAILED, " ".join(error.messages))
            raise
        _end(run, ImportState.DONE)
    return run


@contextmanager
def _alone(run_id: int) -> Iterator[None]:
    """Hold the run for this process; PostgreSQL lets go of it when the process dies, however it dies."""
    if not rows_of("SELECT pg_try_advisory_lock(hashtext('customers.import'), %s)", [run_id])[0][0]:
        raise RunIsBusy(_("Import %(id)s is being worked on by another process: wait for it.") % {"id": run_id})
    try:
        yield
    finally:
        if connection.connection and not connection.connection.closed and not connection.needs_rollback:
            execute("SELECT pg_advisory_unlock(hashtext('customers.import'), %s)", [run_id])


def is_worked_on(run_id: int) -> bool:
    """Return whether some process holds the run now."""
    return not rows_of(
        "SELECT CASE WHEN pg_try_advisory_lock(k, %s) THEN pg_advisory_unlock(k, %s) ELSE false END"
        " FROM hashtext('customers.import') AS k",
        [run_id, run_id],
    )[0][0]


@transaction.atomic
def _begin(run_id: int) -> ImportRun:
    name_act("customers.import.started")
    run = ImportRun.objects.select_for_update(of=["self"]).get(pk=run_id)
    if run.state == ImportState.DONE:
        raise ValidationError(_("Import %(id)s is already done: start a new one.") % {"id": run_id})
    run.state, run.error, run.ended_at = ImportState.RUNNING, "", None
    run.started_at = run.started_at or timezone.now()
    run.beat_at = timezone.now()
    run.save(update_fields=["state", "error", "started_at", "beat_at", "ended_at"])
    return run


@transaction.atomic
def _end(run: ImportRun, state: str, error: str = "") -> None:
    name_act(f"customers.import.{state}")
    run.state, run.error, run.ended_at = state, error, timezone.now()
    run.save(update_fields=["state", "error", "ended_at"])


def _do(run: ImportRun, mapping: Mapping, folder: Path, tell: Tell) -> None:
    found = measured(mapping, folder)
    files = _files_of(run, mapping, found)
    if run.dry_run:
        _rehearse(run, mapping, folder, found, files, tell)
        return
    _set_up(run, mapping)
    _load(run, mapping, folder, found, files, tell)


def _set_up(run: ImportRun, mapping: Mapping) -> None:
    source, _is_new = Source.objects.get_or_create(code=mapping.source, defaults={"name": mapping.source_name[:120]})
    if run.source_id != source.pk:
        run.source = source
        run.save(update_fields=["source"])
    ensure_products(mapping, at=timezone.now())


@transaction.atomic
def _files_of(run: ImportRun, mapping: Mapping, found: list[Measured | None]) -> list[ImportFile]:
    """Return the run's files in order; a run that goes on finds the same bytes that it began with, or is refused."""
    name_act("customers.import.files_measured")
    files = list(run.files.order_by("position"))
    if not files:
        files = [
            ImportFile(run=run, position=n, target=style.label, name=one.path.name if one else style.name,
                       sha256=one.sha256 if one else "", size=one.size if one else 0)
            for n, (style, one) in enumerate(zip(mapping.files, found, strict=True), start=1)
        ]  # fmt: skip
        return ImportFile.objects.bulk_create(files)
    if [file.sha256 for file in files] != [one.sha256 if one else "" for one in found]:
        raise ValidationError(_("The files have changed since this import began: start a new one."))
    return files


def _load(
    run: ImportRun, mapping: Mapping, folder: Path, found: list[Measured | None], files: list[ImportFile], tell: Tell
) -> None:
    total = sum(file.size for file in files)
    before = 0
    for style, one, file in zip(mapping.files, found, files, strict=True):
        if one is not None and file.state != ImportState.DONE:
            sentence = _("Reading %(file)s") % {"file": file.name}
            tell(before + file.bytes_read, total, sentence)
            _load_one(run, mapping, folder, style, one, file, lambda done: tell(before + done, total, sentence))  # noqa: B023
        before += file.size


def _load_one(
    run, mapping, folder, style: FileMapping, one: Measured, file: ImportFile, tell: Callable[[int], None]
) -> None:
    ImportFile.objects.filter(pk=file.pk).update(state=ImportState.RUNNING)
    load_file(Loading(run, file, style, mapping, folder, one.path, tell))
    if file.target == "transactions" and not run.dry_run:
        with transaction.atomic():
            name_act("customers.import.balances_settled")
            settle_balances(run.pk)
    ImportFile.objects.filter(pk=file.pk).update(state=ImportState.DONE, bytes_read=F("size"))
    file.state, file.bytes_read = ImportState.DONE, file.size


def _rehearse(run: ImportRun, mapping: Mapping, folder: Path, found, files: list[ImportFile], tell: Tell) -> None:
    """Do it all and undo it, keeping what came of it: the counts, and the first rejects of each file."""
    try:
        with transaction.atomic():
            execute("CREATE TEMP TABLE ingest_seen (external_id text PRIMARY KEY) ON COMMIT DROP")
            _set_up(run, mapping)
            _load(run, mapping, folder, found, files, tell)
            outcome = list(run.files.order_by("position"))
            rejects = [one for file in outcome for one in file.rejects.order_by("line", "pk")[:SHOWN_OF_DRY_RUN]]
            transaction.set_rollback(True)
    finally:
        run.refresh_from_db(fields=["source"])
    with transaction.atomic():
        name_act("customers.import.rehearsed")
        ImportFile.objects.bulk_update(
            outcome, ["bytes_read", "rows_read", "rows_new", "rows_changed", "rows_known", "rows_rejected", "state"]
        )
        ImportReject.objects.bulk_create([_copied(one) for one in rejects], batch_size=1000)


def _copied(reject: ImportReject) -> ImportReject:
    return ImportReject(
        file_id=reject.file_id, line=reject.line, column=reject.column, reason=reject.reason, text=reject.text
    )
