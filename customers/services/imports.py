"""Imports: asked for by a command or from a page, found again after a kill, told as a table."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.services import name_act
from customers.ingest.mapping import Mapping
from customers.ingest.running import Tell, import_files, is_worked_on, measured
from customers.models import ImportRun, ImportState

UNFINISHED = (ImportState.QUEUED, ImportState.RUNNING, ImportState.FAILED)


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
        mapping=mapping.title[:120], mapping_sha256=mapping.sha256, folder=str(folder.resolve())[-300:], dry_run=dry_run,
        asked_by=actor, created_at=at,
    )  # fmt: skip


def unfinished_run(*, mapping: Mapping, folder: Path) -> ImportRun | None:
    """Return the newest import of these very files under this very mapping that was left unfinished and that nobody works on."""
    runs = ImportRun.objects.filter(
        mapping_sha256=mapping.sha256, folder=str(folder.resolve())[-300:], dry_run=False, state__in=UNFINISHED, asked_by=None
    ).order_by("-pk")
    for run in runs[:5]:
        kept = [file.sha256 for file in run.files.order_by("position")]
        if kept and not is_worked_on(run.pk) and kept == [one.sha256 if one else "" for one in measured(mapping, folder)]:
            return run
    return None
