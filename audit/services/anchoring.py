"""Leaving checkpoints outside, on a schedule: whoever owns the database cannot undo what others hold."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from audit.alarms import Alarm, raise_alarm
from audit.anchors import NotLeft, directory, email, timestamp
from audit.connections import sealer
from audit.models import AnchorKind, AnchorReceipt, Checkpoint
from audit.services.keys import known_keys
from audit.services.state import configured_anchors
from audit.tiles import Tiles

NEW = """
INSERT INTO public.audit_anchor_receipt (size, kind, place, ok, receipt, message, at) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def anchor(*, at: datetime) -> int:
    """Leave the newest checkpoint at every place that the settings name and does not have it yet; return at how many.

    What a place answers is kept as a receipt, a failure too, which raises the alarm. One place that fails keeps no
    other from being used.
    """
    checkpoint = Checkpoint.objects.newest_first().first()
    if checkpoint is None:
        return 0
    left = 0
    for kind in configured_anchors():
        if not AnchorReceipt.objects.left().filter(kind=kind, checkpoint=checkpoint).exists():
            left += _leave(kind, checkpoint, at)
    return left


def _leave(kind: str, checkpoint: Checkpoint, at: datetime) -> bool:
    try:
        receipt, message = _left(kind, checkpoint, at), ""
    except NotLeft as refusal:
        receipt, message = b"", str(refusal)
    with sealer() as cursor:
        cursor.execute(NEW, [checkpoint.size, kind, _place(kind), not message, receipt, message, at])
    if message:
        raise_alarm(_alarm(kind, message, at))
    return not message


def _left(kind: str, checkpoint: Checkpoint, at: datetime) -> bytes:
    keys = "".join(f"{key}\n" for key in known_keys())
    if kind == AnchorKind.TIMESTAMP:
        return timestamp.leave(settings.ANCHOR_TSA_URL, checkpoint.note, authority=settings.ANCHOR_TSA_CA)
    if kind == AnchorKind.EMAIL:
        return email.leave(settings.ANCHOR_EMAILS, checkpoint.note, checkpoint.size, keys)
    with connection.cursor() as cursor:
        tiles = Tiles(cursor)
        folder = Path(settings.ANCHOR_DIRECTORY)
        return directory.leave(
            folder, checkpoint.note, checkpoint.size, at, keys, lambda index, width: tiles.read(0, index, width)
        )


def _place(kind: str) -> str:
    places = {
        AnchorKind.DIRECTORY: settings.ANCHOR_DIRECTORY,
        AnchorKind.TIMESTAMP: settings.ANCHOR_TSA_URL,
        AnchorKind.EMAIL: ", ".join(settings.ANCHOR_EMAILS),
    }
    return places[AnchorKind(kind)]


def _alarm(kind: str, message: str, at: datetime) -> Alarm:
    """One alarm a day and place: the next attempt is an hour away."""

    def title() -> str:
        return _("The log could not be anchored: %(kind)s") % {"kind": AnchorKind(kind).label}

    return Alarm(f"audit:anchor:{kind}:{at:%Y-%m-%d}", title, lambda: message, at)
