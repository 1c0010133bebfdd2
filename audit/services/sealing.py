"""Sealing: events become leaves of a tree, in an order that nothing can come into later, under a signed checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.connections import sealer
from audit.rules.checkpoints import Checkpoint, opened_checkpoint
from audit.rules.tiles import HEIGHT, TILE_BYTES, WIDTH, tile_root
from audit.services.keys import known_keys, signer
from audit.tiles import Tiles

SQL = Path(__file__).parent.parent / "sql"
SEAL = (SQL / "seal.sql").read_text(encoding="utf-8")
SEAL_EARLIER_LIFE = (SQL / "seal_earlier_life.sql").read_text(encoding="utf-8")
# "MRDN" and "seal" in one number: whoever holds it is the sealer of this database.
LOCK = 0x4D52444E5345414C
BATCH = 20_000
TIP = "SELECT index + 1, xid, event_id FROM public.audit_leaf ORDER BY index DESC LIMIT 1"
LAST_CHECKPOINT = "SELECT note FROM public.audit_checkpoint ORDER BY size DESC LIMIT 1"
NEW_TILE = "INSERT INTO public.audit_tile (level, index, data, root) VALUES (%s, %s, %s, %s)"
NEW_CHECKPOINT = "INSERT INTO public.audit_checkpoint (size, root, note, key, at) VALUES (%s, %s, %s, %s, %s)"
NOW = """
SELECT public.audit_horizon(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
       system_identifier
  FROM pg_control_system()
"""
ERAS = "SELECT number, after_event, system FROM public.audit_era ORDER BY number"
NEW_ERA = "INSERT INTO public.audit_era (number, after_event, system, at) VALUES (%s, %s, %s, %s)"
LAST_OF_EARLIER_LIFE = """
SELECT greatest((SELECT max(event_id) FROM public.audit_leaf),
                (SELECT max(id) FROM public.audit_event WHERE xid >= %s))
"""

Leaf = tuple[int, bytes]  # index, hash


@dataclass(frozen=True)
class Tip:
    """How far sealing has come: so many leaves, the last of them of this transaction and event."""

    size: int
    xid: int
    event: int


@dataclass(frozen=True)
class Era:
    """One life of the database, in which transaction numbers only grow."""

    number: int
    after_event: int
    system: int


@dataclass(frozen=True)
class Sealed:
    """What one batch did: entries `first` to `size` - 1 came under a checkpoint of `size`. `caught_up` where nothing was
    left whose order was settled as it began."""

    first: int
    size: int
    root: bytes
    caught_up: bool


def seal(*, at: datetime, most: int = BATCH) -> Sealed | None:
    """Seal the next events whose order is settled, `most` at once; None where there is none, or where another process
    is at it.

    Leaves, tiles and checkpoint are one transaction. Raises ValidationError where the log does not continue the last
    checkpoint that was signed; then nothing is signed.
    """
    with sealer() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        tip = tip_of(cursor)
        leaves, caught_up = _next_leaves(cursor, tip, most, at)
        if not leaves:
            return None
        size = tip.size + len(leaves)
        _add_tiles(cursor, tip.size, [hash_ for _index, hash_ in leaves])
        root = _sign(cursor, tip.size, size, at)
        return Sealed(tip.size, size, root, caught_up)


def seal_all(*, at: datetime, most: int = BATCH) -> int:
    """Seal batch after batch until all is sealed whose order was settled as the last began; return how many events.

    What is written meanwhile waits for the next time: under steady writing this would never end, and a checkpoint for
    every few events costs the writers a tenth of their throughput.
    """
    sealed = 0
    while batch := seal(at=at, most=most):
        sealed += batch.size - batch.first
        if batch.caught_up:
            break
    return sealed


def tip_of(cursor: Any) -> Tip:
    cursor.execute(TIP)
    return Tip(*(cursor.fetchone() or (0, 0, 0)))


def _next_leaves(cursor: Any, tip: Tip, most: int, at: datetime) -> tuple[list[Leaf], bool]:
    """Write the next leaves; return them in order, and whether they reach the horizon."""
    cursor.execute(NOW)
    horizon, newest, system = cursor.fetchone()
    eras = _eras(cursor, tip, horizon, newest, system, at)
    era = eras[-1]
    if tip.event <= era.after_event and len(eras) > 1:
        earlier = {"after": eras[-2].after_event, "last": era.after_event, "most": most}
        leaves = _written(cursor, SEAL_EARLIER_LIFE, tip, earlier)
        if leaves:
            return leaves, False
        tip = Tip(tip.size, 0, 0)
    step = most
    while True:
        until = tip.xid + step
        leaves = _written(cursor, SEAL, tip, {"after": era.after_event, "until": until, "most": most})
        if leaves or until >= horizon:
            return leaves, until >= horizon and len(leaves) < most
        step *= 4


def _written(cursor: Any, statement: str, tip: Tip, bounds: dict[str, int]) -> list[Leaf]:
    cursor.execute(statement, {"size": tip.size, "xid": tip.xid, "event": tip.event, **bounds})
    return sorted((index, bytes(hash_)) for index, hash_ in cursor.fetchall())


def _eras(cursor: Any, tip: Tip, horizon: int, newest: int, system: int, at: datetime) -> list[Era]:
    """Return the lives of the database, the present one last; begin a new one where its transactions begin again."""
    cursor.execute(ERAS)
    eras = [Era(*row) for row in cursor.fetchall()]
    if eras and eras[-1].system == system and not (tip.event > eras[-1].after_event and tip.xid >= horizon):
        return eras
    after = 0
    if eras:
        cursor.execute(LAST_OF_EARLIER_LIFE, [newest])
        after = cursor.fetchone()[0] or 0
    cursor.execute(NEW_ERA, [len(eras) + 1, after, system, at])
    return [*eras, Era(len(eras) + 1, after, system)]


def _add_tiles(cursor: Any, old_size: int, hashes: Sequence[bytes]) -> None:
    """Write the tiles that became whole, level by level."""
    tiles, level = Tiles(cursor), 0
    while hashes:
        index, begun = divmod(old_size, WIDTH)
        joined = (tiles.read(level, index, begun) if begun else b"") + b"".join(hashes)
        whole = [joined[k : k + TILE_BYTES] for k in range(0, len(joined) - TILE_BYTES + 1, TILE_BYTES)]
        roots = [tile_root(tile) for tile in whole]
        rows = zip(range(index, index + len(whole)), whole, roots, strict=True)
        cursor.executemany(NEW_TILE, [(level, place, tile, root) for place, tile, root in rows])
        hashes, old_size, level = roots, old_size >> HEIGHT, level + 1


def _sign(cursor: Any, old_size: int, size: int, at: datetime) -> bytes:
    """Sign the new state, after a look at whether it continues the last that was signed; return its root."""
    tiles = Tiles(cursor)
    cursor.execute(LAST_CHECKPOINT)
    last = cursor.fetchone()
    if (last is None) != (old_size == 0) or (last and not _continues(tiles, last[0], old_size)):
        raise ValidationError(_("The log does not continue the checkpoint that was signed last, so nothing more is sealed: "
                                "run audit_verify --full, which says what was changed."))  # fmt: skip
    key = signer()
    root = tiles.tree(size).root()
    note = key.sign(Checkpoint(settings.LOG_ORIGIN, size, root).text())
    cursor.execute(NEW_CHECKPOINT, [size, root, note, str(key.verifier), at])
    return root


def _continues(tiles: Tiles, note: str, size: int) -> bool:
    try:
        last = opened_checkpoint(note, known_keys(), origin=settings.LOG_ORIGIN)
        return last.size == size and tiles.tree(size).root() == last.root
    except ValueError:
        return False
