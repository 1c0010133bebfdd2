"""Verification: every event hashed again, always of content, up through leaves, tiles and checkpoints to the anchors."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext, ngettext

from audit.alarms import Alarm, raise_alarm
from audit.connections import sealer
from audit.models import Checkpoint, RetiredMonth, Verification, VerificationKind
from audit.rules.checkpoints import opened_checkpoint
from audit.rules.findings import Finding, finding_of, runs
from audit.rules.growth import Growth
from audit.rules.tiles import HEIGHT, WIDTH
from audit.services.anchored import anchored_states, compare_tiles
from audit.services.beside import beside
from audit.services.keys import known_keys
from audit.services.sealing import Tip, tip_of
from audit.treatments import TREATMENTS

SQL = Path(__file__).parent.parent / "sql"
LEAVES, TILES, INSERTED, SETTLED, TRIGGERS = (
    (SQL / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("verify_leaves", "verify_tiles", "verify_inserted", "count_settled", "triggers")
)
STRETCH = 1 << 18  # leaves that one statement hashes
MOST_KEPT = 1000
NEW = """
INSERT INTO public.audit_verification (kind, size, checked, found, findings, begun_at, at)
VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
LOG_TABLES = [table for table, treatment in TREATMENTS.items() if table.startswith("audit_")]


Tell = Callable[[int, int], None]


def say_nothing(done: int, total: int) -> None:
    """Nobody wants to hear how far verification is."""


@dataclass(frozen=True)
class Extent:
    """Which entries are hashed: from `first` to the end of the log, as it is now."""

    first: int
    tip: Tip
    after_event: int


def verify(*, kind: str, at: datetime, now: Any, tell: Tell = say_nothing) -> Verification:
    """Verify the whole log (`full`) or what was sealed since the last run (`tail`), record what was found and return
    it; whoever is registered in `audit.alarms` hears of findings. `now` tells the time at the end, `tell(done, total)`
    hears how far it is.
    """
    extent = _extent(kind)
    above = beside(lambda: _counted(itertools.chain(_inserted(extent, kind), _tree(extent), _triggers())))
    rows, found = _counted(runs(_rows(extent, tell)))
    others, more = above()
    return record(
        kind=kind,
        size=extent.tip.size,
        checked=extent.tip.size - extent.first,
        found=found + more,
        findings=[*rows, *others][:MOST_KEPT],
        begun_at=at,
        at=now(),
    )


def _counted(findings: Iterable[Finding]) -> tuple[list[Finding], int]:
    """Return the first findings, as many as are kept, and how many there are."""
    kept: list[Finding] = []
    count = 0
    for finding in findings:
        count += 1
        if len(kept) < MOST_KEPT:
            kept.append(finding)
    return kept, count


def record(
    *, kind: str, size: int, checked: int, found: int, findings: list[Finding], begun_at: datetime, at: datetime
) -> Verification:
    """Write down what a run found, and raise the alarm if it is anything."""
    written = json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False)
    with sealer() as cursor:
        cursor.execute(NEW, [kind, size, checked, found, written, begun_at, at])
        pk = cursor.fetchone()[0]
    verification = Verification.objects.get(pk=pk)
    if found:
        raise_alarm(_alarm(verification))
    return verification


def _alarm(verification: Verification) -> Alarm:
    first = finding_of(verification.findings[0])
    found = verification.found

    def title() -> str:
        return ngettext(
            "The log does not hold: %(found)s finding", "The log does not hold: %(found)s findings", found
        ) % {"found": found}

    key = f"audit:verification:{verification.kind}:{first.kind}:{first.index or first.detail}"
    return Alarm(key, title, lambda: first.sentence(gettext), verification.at)


def _extent(kind: str) -> Extent:
    with connection.cursor() as cursor:
        tip = tip_of(cursor)
        cursor.execute("SELECT coalesce(max(after_event), 0) FROM public.audit_era")
        (after,) = cursor.fetchone()
    first = 0
    if kind == VerificationKind.TAIL:
        earlier = Verification.objects.exclude(kind=VerificationKind.LIVE).newest_first().first()
        # A run that found something is no ground to stand on.
        first = earlier.size // WIDTH * WIDTH if earlier and not earlier.found and earlier.size <= tip.size else 0
    return Extent(first, tip, after)


# Rows -----------------------------------------------------------------------------------------------------------------
def _rows(extent: Extent, tell: Tell) -> Iterator[Finding]:
    """Yield what is wrong with the events behind the leaves, and with leaves against their tiles."""
    retired = {month.strftime("%Y-%m") for month in RetiredMonth.objects.values_list("month", flat=True)}
    for first in range(extent.first, extent.tip.size, STRETCH):
        tell(first - extent.first, extent.tip.size - extent.first)
        bounds = _bounds(first, min(first + STRETCH, extent.tip.size))
        for index, event, event_at, is_there in _fetched(LEAVES, bounds):
            if not is_there and f"{event_at.astimezone(UTC):%Y-%m}" in retired:
                continue
            kind = "changed" if is_there or _is_elsewhere(event) else "missing"
            yield Finding(kind, index=index, event=event, since=_known_good(index))
        for tile, joined, data in _fetched(TILES, bounds):
            yield from _differing(tile, bytes(joined), bytes(data or b""))


def _bounds(first: int, end: int) -> dict[str, Any]:
    """Return the parameters of a stretch: its places, and the times between which its events lie."""
    times = "SELECT min(at), max(at) FROM public.audit_leaf WHERE index >= %(first)s AND index < %(end)s"
    ((earliest, latest),) = _fetched(times, {"first": first, "end": end})
    return {"first": first, "end": end, "earliest": earliest, "latest": latest}


def _is_elsewhere(event: int) -> bool:
    """Whether an event that is not at its time is there at another one: its time was changed."""
    return bool(_fetched("SELECT FROM public.audit_event WHERE id = %(event)s", {"event": event}))


def _differing(tile: int, leaves: bytes, kept: bytes) -> Iterator[Finding]:
    """Yield a finding for each leaf that is not the one in its tile, or one for a tile that is gone."""
    if not kept:
        yield Finding("tile", index=tile, level=0)
        return
    for place in range(WIDTH):
        ours, theirs = leaves[place * 32 : place * 32 + 32], kept[place * 32 : place * 32 + 32]
        if ours != theirs:
            index = tile * WIDTH + place
            event = _event_at(index)
            kind = "moved" if ours in kept[: place * 32] + kept[place * 32 + 32 :] else "leaf"
            yield Finding(kind, index=index, event=event, since=_known_good(index))


def _event_at(index: int) -> int | None:
    rows = _fetched("SELECT event_id FROM public.audit_leaf WHERE index = %(index)s", {"index": index})
    return rows[0][0] if rows else None


def _known_good(index: int) -> str:
    """Return when a place was last known to hold: at the last clean verification over it, or when it was sealed."""
    clean = Verification.objects.of_kind(VerificationKind.FULL).filter(found=0, size__gt=index).newest_first().first()
    known = clean or Checkpoint.objects.covering(index).first()
    return f"{known.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if known else ""


def _inserted(extent: Extent, kind: str) -> Iterator[Finding]:
    """Yield events that nobody sealed though their time is past. Counting first spares the search, as a rule."""
    if kind == VerificationKind.TAIL:
        return
    tip = extent.tip
    begun = tip.event > extent.after_event
    low, high = (extent.after_event, 2**63 - 1) if begun else (0, extent.after_event)
    bounds = {"low": low, "high": high, "xid": tip.xid, "event": tip.event}
    retired = sum(RetiredMonth.objects.values_list("events", flat=True))
    ((settled,),) = _fetched(SETTLED, bounds)
    if settled + retired == tip.size:
        return
    for (event,) in _fetched(INSERTED, bounds):
        yield Finding("inserted", event=event)


# Tree -----------------------------------------------------------------------------------------------------------------
def _tree(extent: Extent) -> Iterator[Finding]:
    """Yield what is wrong from the tiles up: their roots, every checkpoint with its signature, every anchor."""
    last = Checkpoint.objects.newest_first().first()
    size = extent.tip.size
    if (last.size if last else 0) != size:
        yield Finding("gap", index=size, last=last.size if last else 0)
    checkpoints = Checkpoint.objects.filter(size__gt=extent.first, size__lte=size).order_by("size")
    states = [state for state in anchored_states() if state.size > extent.first]
    wanted = {*checkpoints.values_list("size", flat=True), *(state.size for state in states if state.size <= size)}
    roots: dict[int, bytes] = {}
    yield from _grown(extent, sorted(wanted), roots)
    keys = known_keys()
    for checkpoint in checkpoints.iterator():
        yield from _checkpoint(checkpoint, roots, keys)
    yield from _anchors(states, size, roots)
    yield from compare_tiles(size, first=extent.first)


def _grown(extent: Extent, wanted: list[int], roots: dict[int, bytes]) -> Iterator[Finding]:
    """Grow the tree over the tiles of level 0, and the leaves after them; fill `roots` at the wanted sizes.

    Tiles before the extent count with the root that is kept with them: they were hashed when they were verified.
    """
    growth, position, first = Growth(), 0, extent.first // WIDTH
    earlier = "SELECT root FROM public.audit_tile WHERE level = 0 AND index < %(first)s ORDER BY index"
    growth.add([bytes(root) for (root,) in _fetched(earlier, {"first": first})], height=HEIGHT)
    for index, data, root in _stored_tiles(first):
        begin = position
        while position < len(wanted) and wanted[position] <= (index + 1) * WIDTH:
            position += 1
        if growth.size != index * WIDTH:
            yield Finding("tile", index=growth.size // WIDTH, level=0)
            return
        found, whole = growth.add_tile(data, wanted[begin:position])
        roots.update(found)
        if whole != root:
            yield Finding("tile", index=index, level=0)
    edge = "SELECT hash FROM public.audit_leaf WHERE index >= %(first)s ORDER BY index"
    tail = b"".join(bytes(hash_) for (hash_,) in _fetched(edge, {"first": growth.size}))
    if tail:
        roots.update(growth.add_tile(tail, [stop for stop in wanted[position:] if stop <= extent.tip.size])[0])
    yield from _upper_tiles()


def _stored_tiles(first: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the tiles of level 0 in order, some hundreds at a time."""
    statement = """
        SELECT index, data, root FROM public.audit_tile WHERE level = 0 AND index >= %(first)s ORDER BY index LIMIT 512
    """
    while rows := _fetched(statement, {"first": first}):
        yield from ((index, bytes(data), bytes(root)) for index, data, root in rows)
        first = rows[-1][0] + 1


def _upper_tiles() -> Iterator[Finding]:
    """Yield tiles above level 0 that are not made of the roots below them."""
    statement = """
        SELECT tile.level, tile.index FROM public.audit_tile AS tile
         WHERE tile.level > 0 AND tile.data IS DISTINCT FROM (
               SELECT string_agg(below.root, ''::bytea ORDER BY below.index) FROM public.audit_tile AS below
                WHERE below.level = tile.level - 1 AND below.index >= tile.index * 256 AND below.index < (tile.index + 1) * 256)
    """
    for level, index in _fetched(statement, {}):
        yield Finding("tile", index=index, level=level)


def _checkpoint(checkpoint: Checkpoint, roots: dict[int, bytes], keys: list) -> Iterator[Finding]:
    since = f"{checkpoint.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    try:
        signed = opened_checkpoint(checkpoint.note, keys, origin=settings.LOG_ORIGIN)
    except ValueError as error:
        yield Finding("signature", index=checkpoint.size, detail=str(error))
        return
    if not signed.root == bytes(checkpoint.root) == roots.get(checkpoint.size) or signed.size != checkpoint.size:
        yield Finding("root", index=checkpoint.size, since=since)


def _anchors(states: list, size: int, roots: dict[int, bytes]) -> Iterator[Finding]:
    """Yield anchors that the log does not agree with; between the last that it does and the first that it does not, it
    was rewritten."""
    agreed = 0
    for state in sorted(states, key=lambda state: state.size):
        if state.problem:
            yield Finding("receipt", index=state.size, detail=state.problem)
        elif state.size > size:
            yield Finding("shorter", index=state.size, last=size, since=state.at)
        elif roots.get(state.size) != state.root:
            yield Finding("anchor", index=state.size, since=state.at, detail=state.place, first=agreed)
        else:
            agreed = state.size


# Triggers ---------------------------------------------------------------------------------------------------------------
def _triggers() -> Iterator[Finding]:
    for (name,) in _fetched(TRIGGERS, {"free": list(TREATMENTS), "log": LOG_TABLES}):
        yield Finding("trigger", detail=name)


def _fetched(statement: str, parameters: dict[str, Any]) -> list[tuple]:
    """Return the rows of a statement. The planner does not know what a hash costs, so it is told that helpers are cheap,
    and the leaves of a stretch are sorted and joined in memory."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL parallel_setup_cost = 10; SET LOCAL parallel_tuple_cost = 0; SET LOCAL work_mem = '64MB'"
        )
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def sentences(findings: Iterable[dict]) -> list[str]:
    """Return stored findings as sentences in the reader's language."""
    return [finding_of(stored).sentence(gettext) for stored in findings]
