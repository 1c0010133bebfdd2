"""Imports: asked for by a command or from a page, found again after a kill, told as a table."""

import shutil
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.ingest.mapping import Mapping, read_mapping
from customers.ingest.running import Tell, import_files, is_worked_on, measured
from customers.models import ImportRun, ImportState
from staff.jobs import JobCancelled, JobLost, RunningJob
from staff.services.jobs import start_job

UNFINISHED = (ImportState.QUEUED, ImportState.RUNNING, ImportState.FAILED, ImportState.CANCELLED)
KIND = "customers.import"
MAPPING = "mapping.toml"
KEPT_DAYS = 7


def import_folder(
    *, actor: Any, mapping: Mapping, folder: Path, dry_run: bool, at: datetime, tell: Tell | None = None
) -> ImportRun:
    """Import a folder under a mapping; the same one that was interrupted before is finished instead of begun again."""
    left = None if dry_run else unfinished_run(mapping=mapping, folder=folder)
    run = left or create_run(actor=actor, mapping=mapping, folder=folder, dry_run=dry_run, at=at)
    return import_files(run_id=run.pk, mapping=mapping, folder=folder, tell=tell)


@transaction.atomic
def create_run(*, actor: Any, mapping: Mapping, folder: Path, dry_run: bool, at: datetime) -> ImportRun:
    """Write down that somebody asks for an import; `actor` is None for a command."""
    name_act("customers.import.asked")
    return ImportRun.objects.create(
        mapping=mapping.title[:120],
        mapping_sha256=mapping.sha256,
        folder=str(folder.resolve())[-300:],
        dry_run=dry_run,
        asked_by=actor,
        created_at=at,
    )


def unfinished_run(*, mapping: Mapping, folder: Path) -> ImportRun | None:
    """Return the newest import of these very files under this very mapping that was left unfinished and that nobody
    works on.

    Imports from the page are not looked at: their job finishes them.
    """
    runs = ImportRun.objects.filter(
        mapping_sha256=mapping.sha256,
        folder=str(folder.resolve())[-300:],
        dry_run=False,
        state__in=UNFINISHED,
        asked_by=None,
    ).order_by("-pk")
    for run in runs[:5]:
        kept = [file.sha256 for file in run.files.order_by("position")]
        if (
            kept
            and not is_worked_on(run.pk)
            and kept == [one.sha256 if one else "" for one in measured(mapping, folder)]
        ):
            return run
    return None


# From the page -------------------------------------------------------------------------------------------------------


def stored_mappings() -> dict[str, Path]:
    """Return the mappings that come with Meridian, by name."""
    return {path.parent.name: path for path in sorted((settings.ROOT / "examples").glob(f"*/{MAPPING}"))}


def ask_for_import(
    *, actor: Any, mapping: Mapping, mapping_text: bytes, uploads: Iterable[UploadedFile], dry_run: bool, at: datetime
) -> ImportRun:
    """Keep the uploaded files, write down the import and queue its job. Files that the mapping does not name are
    refused.
    """
    expire_uploads(at=at)
    files = _named(mapping, list(uploads))
    folder = uploads_folder() / uuid.uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    (folder / MAPPING).write_bytes(mapping_text)
    for name, upload in files.items():
        with (folder / name).open("wb") as kept:
            for piece in upload.chunks():
                kept.write(piece)
    try:
        return _queue(actor=actor, mapping=mapping, folder=folder, dry_run=dry_run, at=at)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def uploads_folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _named(mapping: Mapping, uploads: list[UploadedFile]) -> dict[str, UploadedFile]:
    """Return the uploads by a name that the mapping reads; nothing of a name that a browser sends is used as a path."""
    wanted = {one.name for one in mapping.files} | set(mapping.lookups)
    known = {name for one in wanted for name in (one, f"{one}.gz")}
    strange = [upload.name for upload in uploads if upload.name not in known]
    missing = [
        one.name
        for one in mapping.files
        if not one.optional and not {one.name, f"{one.name}.gz"} & {u.name for u in uploads}
    ]
    if strange:
        raise ValidationError(
            _("The mapping reads no file called %(names)s; it reads %(wanted)s.")
            % {"names": ", ".join(str(name) for name in strange), "wanted": ", ".join(sorted(wanted))}
        )
    if missing:
        raise ValidationError(
            _("The mapping also reads %(names)s: choose these files too.")
            % {"names": ", ".join(dict.fromkeys(missing))}
        )
    return {str(upload.name): upload for upload in uploads}


@transaction.atomic
def _queue(*, actor: Any, mapping: Mapping, folder: Path, dry_run: bool, at: datetime) -> ImportRun:
    run = create_run(actor=actor, mapping=mapping, folder=folder, dry_run=dry_run, at=at)
    return _start_job(actor, run, at)


def _start_job(actor: Any, run: ImportRun, at: datetime) -> ImportRun:
    title = (_("Dry run of %(mapping)s") if run.dry_run else _("Import of %(mapping)s")) % {"mapping": run.mapping}
    run.job = start_job(actor=actor, kind=KIND, title=title, parameters={"run": run.pk}, at=at)
    run.save(update_fields=["job"])
    return run


@transaction.atomic
def import_for_real(*, actor: Any, run_id: int, at: datetime) -> ImportRun:
    """Import the files of a dry run that is done."""
    tried = ImportRun.objects.select_for_update(of=["self"]).get(pk=run_id)
    folder = Path(tried.folder)
    if not tried.dry_run or tried.state != ImportState.DONE:
        raise ValidationError(_("Only a dry run that is done is imported for real."))
    if not (folder / MAPPING).is_file() or not folder.is_relative_to(uploads_folder().resolve()):
        raise ValidationError(_("The files are no longer here: choose them again."))
    return _queue(actor=actor, mapping=_mapping_of(tried), folder=folder, dry_run=False, at=at)


@transaction.atomic
def continue_import(*, actor: Any, run_id: int, at: datetime) -> ImportRun:
    """Go on with an import from the page that failed, was cancelled or was interrupted."""
    run = ImportRun.objects.select_for_update(of=["self"]).select_related("job").get(pk=run_id)
    if run.job is None or run.state == ImportState.DONE or not run.job.is_over or is_worked_on(run.pk):
        raise ValidationError(_("This import cannot be continued from here."))
    name_act("customers.import.continued")
    return _start_job(actor, run, at)


def _mapping_of(run: ImportRun) -> Mapping:
    mapping = read_mapping(Path(run.folder) / MAPPING)
    if mapping.sha256 != run.mapping_sha256:
        raise ValidationError(_("The mapping has changed since this import was asked for: start a new one."))
    return Mapping(
        run.mapping,
        mapping.source,
        mapping.source_name,
        mapping.files,
        mapping.products,
        mapping.sha256,
        mapping.lookups,
    )


def run_import_job(job: RunningJob) -> None:
    """Do the import of a job, or what another worker left of it."""
    run = ImportRun.objects.get(pk=job.parameters["run"])
    job.open_when_done(reverse("customers:import_detail", args=[run.pk]))
    if run.state == ImportState.DONE:
        return
    try:
        import_files(run_id=run.pk, mapping=_mapping_of(run), folder=Path(run.folder), tell=job.progress)
    except JobLost:
        raise
    except JobCancelled:
        _set_cancelled(run)
        raise
    if not run.dry_run:
        _forget_files(Path(run.folder))


@transaction.atomic
def _set_cancelled(run: ImportRun) -> None:
    """What was taken so far stays: each piece was whole."""
    name_act("customers.import.cancelled")
    run.refresh_from_db()
    run.state, run.ended_at = ImportState.CANCELLED, timezone.now()
    run.save(update_fields=["state", "ended_at"])


def _forget_files(folder: Path) -> None:
    """Uploaded files hold personal data; once they are taken only the mapping is kept."""
    if folder.is_relative_to(uploads_folder().resolve()):
        for path in folder.iterdir():
            if path.name != MAPPING:
                path.unlink()


def expire_uploads(*, at: datetime) -> int:
    """Delete files uploaded more than a week ago that were tried and never imported, or whose import was given up."""
    old = ImportRun.objects.filter(
        created_at__lt=at - timedelta(days=KEPT_DAYS), folder__startswith=str(uploads_folder().resolve())
    )
    kept = set(
        ImportRun.objects.filter(created_at__gte=at - timedelta(days=KEPT_DAYS)).values_list("folder", flat=True)
    )
    gone = 0
    for folder in {Path(run.folder) for run in old.only("folder")}:
        if str(folder) not in kept and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
