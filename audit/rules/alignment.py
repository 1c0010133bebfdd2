"""Which rows of a list are not as they were sealed: changed, missing, inserted, moved, doubled.

Compares the hashes of the rows, in their order, with those of the log. Rows that are in the log and in its order hold; of
the others as few as possible are said to be wrong (longest increasing subsequence).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from audit.rules.findings import Finding

Row = tuple[int, bytes]  # the place that the row claims, its hash


def misaligned(
    rows: Sequence[Row], known: Sequence[bytes], first: int, event_of: Callable[[int], int | None], since: str = ""
) -> Iterator[Finding]:
    """Yield what is wrong with `rows`; `known` are the hashes at places `first` and after, `event_of` tells the event
    of the row at a position."""
    place_of = {hash_: first + offset for offset, hash_ in enumerate(known)}
    places = [place_of.get(hash_, -1) for _, hash_ in rows]
    in_order = _longest_increasing(places)
    seen = {place for place in places if place >= 0}
    yield from _out_of_order(rows, places, in_order, event_of, since)
    unknown: list[int] = []
    expected = first
    for position, place in enumerate(places):
        if place < 0:
            unknown.append(position)
        elif position in in_order:
            yield from _gap(range(expected, place), unknown, seen, event_of, since)
            unknown, expected = [], place + 1
    yield from _gap(range(expected, first + len(known)), unknown, seen, event_of, since)


def _out_of_order(
    rows: Sequence[Row], places: Sequence[int], in_order: set[int], event_of: Callable[[int], int | None], since: str
) -> Iterator[Finding]:
    standing = {places[position] for position in in_order}
    for position, place in enumerate(places):
        if place < 0:
            continue
        if position not in in_order:
            kind = "twice" if place in standing else "moved"
            yield Finding(kind, index=place, event=event_of(position), since=since)
            standing.add(place)
        elif rows[position][0] != place:
            yield Finding("numbered", index=place, event=event_of(position))


def _gap(
    places: range, unknown: Sequence[int], seen: set[int], event_of: Callable[[int], int | None], since: str
) -> Iterator[Finding]:
    """Yield what happened between two rows that hold: a strange row in place of a sealed one was changed."""
    missing = [place for place in places if place not in seen]
    for position, place in zip(unknown, missing, strict=False):
        yield Finding("changed", index=place, event=event_of(position), since=since)
    for position in unknown[len(missing) :]:
        yield Finding("inserted", event=event_of(position))
    for place in missing[len(unknown) :]:
        yield Finding("missing", index=place, since=since)


def _longest_increasing(places: Sequence[int]) -> set[int]:
    """Return the positions of a longest strictly increasing run of known places."""
    ends: list[int] = []  # the smallest place that a run of each length can end with
    at: list[int] = []  # the position of it
    before: dict[int, int] = {}
    for position, place in enumerate(places):
        if place < 0:
            continue
        length = bisect_left(ends, place)
        before[position] = at[length - 1] if length else -1
        ends[length : length + 1] = [place]
        at[length : length + 1] = [position]
    kept, position = set(), at[-1] if at else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return kept
