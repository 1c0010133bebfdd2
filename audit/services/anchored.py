"""What places outside hold of the log, read back and compared with it."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from audit.anchors import directory, timestamp
from audit.anchors.directory import AnchoredState
from audit.models import AnchorKind, AnchorReceipt
from audit.rules.checkpoints import opened_checkpoint
from audit.rules.findings import Finding
from audit.rules.tiles import WIDTH
from audit.rules.timestamps import read_time_stamp
from audit.services.keys import known_keys
from audit.tiles import LEAVES


def anchored_states() -> list[AnchoredState]:
    """Return every state of the log that is held outside: files of the directory, and checked time-stamps."""
    keys = known_keys()
    states: list[AnchoredState] = []
    if settings.ANCHOR_DIRECTORY:
        states += directory.states(Path(settings.ANCHOR_DIRECTORY), keys, origin=settings.LOG_ORIGIN)
    roots = timestamp.roots_of(settings.ANCHOR_TSA_CA)
    receipts = AnchorReceipt.objects.left().filter(kind=AnchorKind.TIMESTAMP).select_related("checkpoint")
    return states + [_stamped(receipt, keys, roots) for receipt in receipts.iterator()]


def _stamped(receipt: AnchorReceipt, keys: list, roots: list) -> AnchoredState:
    """Return the state that a time-stamp is of, or what is wrong: over a note that was replaced it does not hold."""
    note, at = receipt.checkpoint.note, f"{receipt.at:%Y-%m-%d %H:%M:%S} UTC"
    try:
        stamp = read_time_stamp(bytes(receipt.receipt), note.encode(), roots=roots)
        checkpoint = opened_checkpoint(note, keys, origin=settings.LOG_ORIGIN)
    except ValueError as error:
        return AnchoredState(receipt.checkpoint_id, b"", at, receipt.place, str(error))
    return AnchoredState(checkpoint.size, checkpoint.root, f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC", receipt.place)


def compare_tiles(size: int, *, first: int) -> Iterator[Finding]:
    """Yield a finding for each leaf from `first` on that is not the one in the directory's tiles."""
    if not settings.ANCHOR_DIRECTORY:
        return
    folder = Path(settings.ANCHOR_DIRECTORY)
    held = [state for state in directory.states(folder, known_keys(), origin=settings.LOG_ORIGIN) if not state.problem]
    for index, hashes in directory.tiles(folder, first=first // WIDTH):
        with connection.cursor() as cursor:
            cursor.execute(LEAVES, [index * WIDTH, min(index * WIDTH + len(hashes) // 32, size)])
            ours = b"".join(bytes(row[0]) for row in cursor.fetchall())
        if not hashes.startswith(ours) or len(ours) < len(hashes):
            yield from _rewritten(index, ours, hashes, held)


def _rewritten(tile: int, ours: bytes, theirs: bytes, held: list[AnchoredState]) -> Iterator[Finding]:
    for place in range(min(len(ours), len(theirs)) // 32):
        if ours[place * 32 : place * 32 + 32] != theirs[place * 32 : place * 32 + 32]:
            index = tile * WIDTH + place
            since = next((state.at for state in held if state.size > index), "")
            yield Finding("rewritten", index=index, since=since)
