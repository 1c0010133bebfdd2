"""The log verified and handed out, as background jobs: `audit` knows how, this room knows jobs."""

import tempfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services.export import export
from audit.services.reconciling import reconcile
from audit.services.verification import verify
from pages.formats import number
from staff.jobs import RunningJob, register_job

VERIFY, BUNDLE = "audit.verify", "audit.bundle"
# What is compressed already is stored as it is.
PACKED = {".gz", ".bin"}


def register() -> None:
    register_job(VERIFY, verify_log, permission="audit.verify_event")
    register_job(BUNDLE, write_bundle, permission="audit.export_event")


def verify_log(job: RunningJob) -> None:
    """Hash every event again, then hold the records against their last events."""
    log = verify(kind="full", at=timezone.now(), now=timezone.now, tell=_telling(job, _("Events hashed again")))
    job.open_when_done(reverse("audit:verification_detail", args=[log.pk]))
    records = reconcile(at=timezone.now(), now=timezone.now, tell=_telling(job, _("Tables held against the log")))
    checked = log.checked + records.checked
    job.progress(checked, checked, outcome(log.found + records.found, log.checked, records.checked))


def _telling(job: RunningJob, sentence: str) -> Callable[[int, int], None]:
    return lambda done, total: job.progress(done, total, sentence)


def outcome(found: int, events: int, records: int) -> str:
    """Return what a verification found, in a sentence."""
    if not found:
        return _("Everything holds: %(events)s events and %(records)s records.") % {
            "events": number(events),
            "records": number(records),
        }
    sentence = ngettext("%(n)s thing does not hold.", "%(n)s things do not hold.", found)
    return sentence % {"n": number(found)}


def write_bundle(job: RunningJob) -> None:
    """Write the events of some days with everything it takes to check them elsewhere, as one file."""
    first, last = (date.fromisoformat(job.parameters[end]) for end in ("first", "last"))
    name = f"meridian-log-{first}-to-{last}"
    with tempfile.TemporaryDirectory(prefix="meridian-evidence-") as folder:
        job.progress(0, 2, _("Events and proofs are written"))
        manifest = export(folder=Path(folder) / name, at=timezone.now(), begin=first, end=last)
        job.progress(1, 2, _("The bundle is packed"))
        job.attach(_packed(Path(folder), name), f"{name}.zip")
    rows = sum(part["rows"] for part in manifest["parts"])
    job.progress(2, 2, ngettext("%(n)s event", "%(n)s events", rows) % {"n": number(rows)})


def _packed(folder: Path, name: str) -> Path:
    file = folder / f"{name}.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / name).rglob("*")):
            stored = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
            archive.write(path, path.relative_to(folder), compress_type=stored)
    return file
