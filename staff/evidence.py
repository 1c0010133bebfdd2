"""The log verified and handed out, as background jobs: `audit` knows how, this room knows jobs."""

import tempfile
import zipfile
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
    job.progress(0, 2, _("Every event is hashed again, and compared with what was sealed"))
    log = verify(kind="full", at=timezone.now(), now=timezone.now)
    job.open_when_done(reverse("audit:verification_detail", args=[log.pk]))
    job.progress(1, 2, _("Every record is compared with its last event"))
    records = reconcile(at=timezone.now(), now=timezone.now)
    job.progress(2, 2, _outcome(log.found + records.found, log.checked, records.checked))


def _outcome(found: int, events: int, records: int) -> str:
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
