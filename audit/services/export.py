"""Evidence: a folder that holds a stretch of the log and all it takes to check it on another machine."""

import base64
import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit import verifier
from audit.models import AnchorReceipt, Checkpoint, RetiredMonth
from audit.rules.tiles import WIDTH
from audit.services import emit
from audit.services.keys import known_keys
from audit.tiles import LEAVES, Tiles

SQL = Path(__file__).parent.parent / "sql"
EVENTS = (SQL / "export_events.sql").read_text(encoding="utf-8")
PART_ROWS = 100_000
TIMES = "SELECT min(at), max(at) FROM public.audit_leaf WHERE index >= %(first)s AND index < %(end)s"
PLACES = "SELECT min(index), max(index) + 1 FROM public.audit_leaf WHERE index < %(size)s AND at >= %(begin)s AND at < %(end)s"
# What the verifier is made of: it goes with the bundle, so that the other machine needs nothing but Python.
VERIFIER = [
    "__init__.py", "verifier.py", "anchors/__init__.py", "anchors/directory.py", "rules/__init__.py", "rules/alignment.py",
    "rules/checkpoints.py", "rules/der.py", "rules/ed25519.py", "rules/findings.py", "rules/merkle.py", "rules/notes.py",
    "rules/tiles.py", "rules/timestamps.py",
]  # fmt: skip
README = """This folder is a stretch of the audit log of {origin}, with what it takes to check it.

    cd {name}/verifier && python3 -m audit.verifier ..

checks it with Python 3.11 or newer alone. Give what you received earlier from the log, a checkpoint by e-mail or a folder
of anchors, with --anchor, and the public key you were given with --key: a bundle cannot vouch for itself. A copy of the
verifier of your own is better than the one in here.

events/*.jsonl.gz   one line an event: [its place in the log, what was sealed]. A leaf of the tree is
                    SHA-256(0x00 || the text between the first comma and the last bracket).
checkpoint          size and root of the log, signed (c2sp.org/signed-note, c2sp.org/tlog-checkpoint)
checkpoints.jsonl   earlier checkpoints, each with a proof that the log only grew since (RFC 9162, section 2.1.4)
tiles/0.bin         the hashes of the leaves from place {tile_first} on; tiles/1.bin the roots over each 256 of them, from the
                    beginning of the log; tiles/edge.bin the leaves after the last whole 256
receipts.jsonl      what came back from places outside that hold a checkpoint
manifest.json       names, places, digests, public keys
"""


@dataclass(frozen=True)
class Stretch:
    """Places `first` to `end` - 1 of a log of `size`."""

    first: int
    end: int
    size: int


def export(*, folder: Path, at: datetime, begin: date | None = None, end: date | None = None) -> dict[str, Any]:
    """Write the events from `begin` to `end` (days in UTC, both included; else from the first, to the last) as a bundle and
    return its manifest. Entries between the first and the last of those days' events come along, whatever their time.

    The export is an event of the log, committed before the first byte. Raises ValidationError where nothing is sealed,
    or the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValidationError(_("%(folder)s is not empty: name a new folder.") % {"folder": folder})
    with transaction.atomic():
        emit("export", table="audit_event", action="audit.log.exported",
             detail={"from": begin and str(begin), "to": end and str(end), "folder": str(folder)})  # fmt: skip
    checkpoint = Checkpoint.objects.newest_first().first()
    if checkpoint is None:
        raise ValidationError(_("Nothing is sealed yet: run audit_seal first."))
    stretch = _stretch(checkpoint.size, begin, end)
    return write_bundle(folder=folder, checkpoint=checkpoint, stretch=stretch, at=at)


def write_bundle(*, folder: Path, checkpoint: Checkpoint, stretch: Stretch, at: datetime) -> dict[str, Any]:
    """Write a stretch as a bundle under this checkpoint, and return its manifest."""
    for name in ("events", "tiles", "verifier"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    parts = list(_write_events(folder, stretch))
    _write_tiles(folder, stretch)
    _write_papers(folder, checkpoint, stretch)
    _copy_verifier(folder / "verifier" / "audit")
    manifest = {
        "format": verifier.FORMAT,
        "origin": settings.LOG_ORIGIN,
        "made_at": at.isoformat(),
        "sealed_by": f"{checkpoint.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "size": checkpoint.size,
        "first": stretch.first,
        "last": stretch.end - 1,
        "keys": [str(key) for key in known_keys()],
        "parts": parts,
        "elsewhere": [_elsewhere(month) for month in RetiredMonth.objects.order_by("month")],
        "files": {
            str(path.relative_to(folder)): _digest(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.parent.name in ("events", "tiles", folder.name)
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def _elsewhere(month: RetiredMonth) -> dict[str, Any]:
    """Return where the events of a retired month are: the bundle whose manifest has this digest."""
    return {
        "month": f"{month.month:%Y-%m}",
        "first": month.first_index,
        "last": month.last_index,
        "events": month.events,
        "digest": month.digest,
    }


def _stretch(size: int, begin: date | None, end: date | None) -> Stretch:
    if begin is None and end is None:
        return Stretch(0, size, size)
    bounds: dict[str, Any] = {
        "size": size,
        "begin": datetime.combine(begin or date.min, time.min, UTC),
        "end": datetime.combine(end + timedelta(days=1) if end else date.max, time.min, UTC),
    }
    with connection.cursor() as cursor:
        cursor.execute(PLACES, bounds)
        first, last = cursor.fetchone()
    if first is None:
        raise ValidationError(_("No sealed event lies between these days."))
    return Stretch(first, last, size)


# Events ---------------------------------------------------------------------------------------------------------------
def _write_events(folder: Path, stretch: Stretch) -> Iterator[dict[str, Any]]:
    """Write the events in parts of consecutive places, and yield what the manifest says of each."""
    file: BinaryIO | None = None
    part: dict[str, Any] = {}
    for index, line in _lines(stretch):
        if file is None or part["rows"] >= PART_ROWS or index != part["first"] + part["rows"]:
            if file is not None:
                file.close()
                yield part
            part = {"file": f"events/{index:012d}.jsonl.gz", "first": index, "rows": 0}
            file = gzip.GzipFile(folder / part["file"], "wb", compresslevel=3, mtime=0)  # type: ignore[assignment]
        file.write(line.encode() + b"\n")  # type: ignore[union-attr]
        part["rows"] += 1
    if file is not None:
        file.close()
        yield part


def _lines(stretch: Stretch) -> Iterator[tuple[int, str]]:
    """Yield (place, line) of the events that are still here; those of retired months are in bundles of their own."""
    for first in range(stretch.first, stretch.end, PART_ROWS):
        bounds = {"first": first, "end": min(first + PART_ROWS, stretch.end)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TIMES, bounds)
            earliest, latest = cursor.fetchone()
            cursor.execute(EVENTS, {**bounds, "earliest": earliest, "latest": latest})
            rows = cursor.fetchall()
        yield from rows


# Hashes and papers ------------------------------------------------------------------------------------------------------
def _write_tiles(folder: Path, stretch: Stretch) -> None:
    begin = stretch.first // WIDTH * WIDTH
    end = min(-(-stretch.end // WIDTH) * WIDTH, stretch.size)
    edge = stretch.size // WIDTH * WIDTH
    roots = "SELECT root FROM public.audit_tile WHERE level = 0 AND index < %s ORDER BY index"
    for name, statement, bounds in (
        ("0", LEAVES, [begin, end]),
        ("1", roots, [stretch.size // WIDTH]),
        ("edge", LEAVES, [edge, stretch.size]),
    ):
        with (folder / "tiles" / f"{name}.bin").open("wb") as file, connection.cursor() as cursor:
            cursor.execute(statement, bounds)
            while rows := cursor.fetchmany(10_000):
                file.write(b"".join(bytes(row[0]) for row in rows))


def _write_papers(folder: Path, checkpoint: Checkpoint, stretch: Stretch) -> None:
    (folder / "checkpoint").write_text(checkpoint.note, encoding="utf-8")
    receipts = AnchorReceipt.objects.left().filter(checkpoint__size__lte=checkpoint.size).select_related("checkpoint")
    _write_lines(folder / "receipts.jsonl", (_receipt(receipt) for receipt in receipts.order_by("id").iterator()))
    anchored = Checkpoint.objects.anchored().filter(size__lt=checkpoint.size).order_by("size")
    with connection.cursor() as cursor:
        tree = Tiles(cursor).tree(checkpoint.size)
        entries = [
            {
                "size": earlier.size,
                "at": f"{earlier.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
                "note": earlier.note,
                "hashes": [hash_.hex() for hash_ in tree.consistency(earlier.size)],
            }
            for earlier in anchored
        ]
    _write_lines(folder / "checkpoints.jsonl", entries)
    tile_first = stretch.first // WIDTH * WIDTH
    readme = README.format(origin=settings.LOG_ORIGIN, name=folder.name, tile_first=tile_first)
    (folder / "README.txt").write_text(readme, encoding="utf-8")


def _receipt(receipt: AnchorReceipt) -> dict[str, Any]:
    return {
        "size": receipt.checkpoint_id,
        "kind": receipt.kind,
        "place": receipt.place,
        "at": receipt.at.isoformat(),
        "note": receipt.checkpoint.note,
        "receipt": base64.b64encode(bytes(receipt.receipt)).decode(),
    }


def _write_lines(path: Path, entries: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _copy_verifier(target: Path) -> None:
    source = Path(verifier.__file__).parent
    for name in VERIFIER:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
