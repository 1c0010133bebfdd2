"""Months whose retention has ended: exported, checked, dropped. What was sealed of them stays, so every proof holds on."""

from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit import verifier
from audit.models import Checkpoint, RetiredMonth
from audit.services.export import Stretch, write_bundle
from audit.services.keys import known_keys

PLACES = """
SELECT min(index), max(index) + 1 FROM public.audit_leaf
 WHERE at >= %(month)s AND at < %(month)s::timestamptz + interval '1 month'
"""


def expire_month(month: date, *, folder: Path, at: datetime) -> RetiredMonth:
    """Write a month of the log as a bundle, check it, drop its events and plain texts, and return what is noted of it.

    `month` is its first day. Refuses, with ValidationError, a month that must still be kept (`LOG_RETENTION_YEARS` after
    its end), one that is not sealed, and a bundle that does not hold: then nothing is dropped.
    """
    month = month.replace(day=1)
    _check_age(month, at)
    checkpoint = Checkpoint.objects.newest_first().first()
    stretch = _stretch(month, checkpoint)
    digest = ""
    if stretch is not None and checkpoint is not None:
        if folder.exists() and any(folder.iterdir()):
            raise ValidationError(_("%(folder)s is not empty: name a new folder.") % {"folder": folder})
        write_bundle(folder=folder, checkpoint=checkpoint, stretch=stretch, at=at)
        _check_bundle(folder)
        digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_retire_month(%s, %s, %s, %s)", [month, digest, str(folder), at])
    return RetiredMonth.objects.get(pk=month)


def _check_age(month: date, at: datetime) -> None:
    """The month must have ended so many years ago (in China ten: anti-money-laundering law, article 34)."""
    years = settings.LOG_RETENTION_YEARS
    kept_until = date(month.year + years + month.month // 12, month.month % 12 + 1, 1)
    if at.astimezone(UTC).date() < kept_until:
        raise ValidationError(
            _("%(month)s is kept until %(until)s: events are kept for %(years)s years.")
            % {"month": f"{month:%Y-%m}", "until": f"{kept_until:%Y-%m-%d}", "years": years}
        )


def _stretch(month: date, checkpoint: Checkpoint | None) -> Stretch | None:
    """Return the places from the first event of the month to the last, None for a month without events."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES, {"month": datetime(month.year, month.month, 1, tzinfo=UTC)})
        first, end = cursor.fetchone()
    return Stretch(first, end, checkpoint.size) if checkpoint and first is not None else None


def _check_bundle(folder: Path) -> None:
    findings = verifier.verify(folder, keys=known_keys())
    if findings:
        raise ValidationError(
            _("The bundle does not hold, so nothing was dropped. %(sentence)s")
            % {"sentence": " ".join(finding.sentence(_) for finding in findings[:3])}
        )
