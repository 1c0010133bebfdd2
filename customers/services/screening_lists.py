"""Watch lists: a file is kept, read row by row, and comes into force whole; then customers are held against what is new."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import ListEntry, ListReject, ListVersion, VersionState, WatchList
from customers.rules.list_rows import Entry, Reject, read_rows
from customers.rules.uploads import foreign_kind
from customers.services.screening import screen_against
from staff.jobs import JobFailed, RunningJob
from staff.models import User
from staff.services.jobs import start_job

KIND = "customers.screening_load"
LARGEST = 200 * 2**20
KEPT_REJECTS = 10_000
TELL_EVERY = 1_000
BATCH = 2_000


@transaction.atomic
def load_list(
    *, actor: User, list_id: int, upload: UploadedFile, may_shrink: bool = False, at: datetime
) -> ListVersion:
    """Keep a file as the next version of a list and queue the job that brings it into force."""
    if not actor.has_perm("customers.add_listversion"):
        raise ValidationError(_("Compliance loads watch lists."))
    watch_list = WatchList.objects.select_for_update().get(pk=list_id)
    path, sha256 = _kept(upload)
    last = watch_list.versions.aggregate(last=Max("number"))["last"] or 0
    name_act("customers.watchlist.loaded")
    version = ListVersion.objects.create(
        watch_list=watch_list,
        number=last + 1,
        file=str(path),
        file_name=str(upload.name)[-200:],
        sha256=sha256,
        may_shrink=may_shrink,
        asked_by=actor,
        created_at=at,
    )
    title = _("Watch list %(list)s, version %(number)d") % {"list": watch_list, "number": version.number}
    version.job = start_job(actor=actor, kind=KIND, title=title, parameters={"version": version.pk}, at=at)
    version.save(update_fields=["job"])
    return version


def _kept(upload: UploadedFile) -> tuple[Path, str]:
    """Write an upload beside the others under a name of ours; its own is only shown."""
    if (upload.size or 0) > LARGEST:
        raise ValidationError({"file": _("The file is larger than 200 MiB: a watch list is smaller.")})
    head = upload.read(16)
    upload.seek(0)
    if kind := foreign_kind("list.csv", head):
        raise ValidationError(
            {"file": _("The file is in truth %(kind)s: save the list as CSV in UTF-8.") % {"kind": kind}}
        )
    folder = Path(settings.MEDIA_ROOT) / "watchlists"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path, digest = folder / f"{uuid.uuid4().hex}.csv", hashlib.sha256()
    with path.open("wb") as kept:
        for piece in upload.chunks():
            digest.update(piece)
            kept.write(piece)
    return path, digest.hexdigest()


def run_load_job(job: RunningJob) -> None:
    """Bring a version into force, then hold all customers against its new entries; each half once, whoever died in it."""
    version = ListVersion.objects.select_related("watch_list").get(pk=job.parameters["version"])
    job.open_when_done(reverse("customers:list_version_detail", args=[version.pk]))
    if version.state == VersionState.QUEUED:
        try:
            _take(version.pk, job)
        except ValidationError as error:
            _fail(version.pk, " ".join(error.messages))
            raise JobFailed(" ".join(error.messages)) from error
    version.refresh_from_db()
    if version.state == VersionState.CURRENT and version.screened_at is None:
        screen_against(version_id=version.pk, progress=job.progress)


@transaction.atomic
def _take(version_id: int, job: RunningJob) -> None:
    """Read the file and put its entries in the place of the last version's, or leave everything as it was."""
    watch_list = WatchList.objects.select_for_update().get(versions=version_id)
    version = ListVersion.objects.select_for_update().get(pk=version_id)
    if version.state != VersionState.QUEUED:
        return
    _refuse_an_older(version)
    name_act("customers.watchlist.in_force", reason=str(version))
    stood = dict(ListEntry.objects.filter(watch_list=watch_list, to_version=None).values_list("external_id", "digest"))
    new, rejects, same = _read(version, stood, job)
    version.rows_taken = len(new) + len(same)
    _refuse_a_torso(version, len(stood))
    gone = stood.keys() - same
    _close(watch_list, version, [*gone])
    ListEntry.objects.bulk_create((_row(version, entry) for entry in new), batch_size=BATCH)
    ListReject.objects.bulk_create(rejects[:KEPT_REJECTS], batch_size=BATCH)
    version.rows_rejected = len(rejects)
    version.rows_read = version.rows_taken + version.rows_rejected
    version.rows_new, version.rows_gone = len(new), len(gone - {entry.external_id for entry in new})
    ListVersion.objects.filter(watch_list=watch_list, state=VersionState.CURRENT).update(state=VersionState.REPLACED)
    version.state, version.in_force_at = VersionState.CURRENT, timezone.now()
    version.save()


def _read(
    version: ListVersion, stood: dict[str, str], job: RunningJob
) -> tuple[list[Entry], list[ListReject], set[str]]:
    """Return the entries that are new or changed, the rows that are none, and the numbers that stay as they are."""
    new, rejects, same = [], [], set()
    for number, row in enumerate(_rows(Path(version.file)), start=1):
        if number % TELL_EVERY == 0:
            job.progress(number, None, _("Reading the list"))
        if not isinstance(row, Entry):
            rejects.append(ListReject(version=version, line=row.line, reason=row.reason, text=row.text))
        elif stood.get(row.external_id) == row.digest:
            same.add(row.external_id)
        else:
            new.append(row)
    return new, rejects, same


def _rows(path: Path) -> Iterator[Entry | Reject]:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as lines:
            yield from read_rows(lines)
    except FileNotFoundError as error:
        raise ValidationError(_("The file is no longer here: load it again.")) from error


def _refuse_an_older(version: ListVersion) -> None:
    """Jobs end in any order; a list is what was loaded last."""
    newer = ListVersion.objects.filter(watch_list=version.watch_list_id, number__gt=version.number)
    if newer.filter(state__in=[VersionState.CURRENT, VersionState.REPLACED]).exists():
        raise ValidationError(_("A newer version is in force already: load the file again if it is to take its place."))


def _refuse_a_torso(version: ListVersion, stood: int) -> None:
    """A file that was cut off must not take half of a list away without a word."""
    if not version.rows_taken:
        raise ValidationError(_("No row of the file could be taken: look at its layout in the guide to screening."))
    if version.rows_taken * 2 < stood and not version.may_shrink:
        raise ValidationError(
            _(
                "The file holds %(n)d entries, the version in force %(stood)d: say that it may be much smaller, if it may."
            )
            % {"n": version.rows_taken, "stood": stood}
        )


def _close(watch_list: WatchList, version: ListVersion, numbers: list[str]) -> None:
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        ListEntry.objects.filter(watch_list=watch_list, to_version=None, external_id__in=some).update(
            to_version=version.number - 1
        )


def _row(version: ListVersion, entry: Entry) -> ListEntry:
    return ListEntry(
        watch_list_id=version.watch_list_id,
        external_id=entry.external_id,
        kind=entry.kind,
        names=list(entry.names),
        birth_dates=list(entry.birth_dates),
        countries=list(entry.countries),
        identifiers=list(entry.identifiers),
        program=entry.program,
        note=entry.note,
        digest=entry.digest,
        from_version=version.number,
    )


@transaction.atomic
def _fail(version_id: int, sentence: str) -> None:
    name_act("customers.watchlist.failed")
    ListVersion.objects.filter(pk=version_id, state=VersionState.QUEUED).update(
        state=VersionState.FAILED, error=sentence[:300]
    )


@transaction.atomic
def create_list(*, actor: User, code: str, name: str, kind: str, publisher: str = "") -> WatchList:
    """Make a list that has no version yet."""
    name_act("customers.watchlist.made")
    return WatchList.objects.create(code=code, name=name.strip(), kind=kind, publisher=publisher.strip())
