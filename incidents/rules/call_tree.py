"""Who calls whom once a plan is activated, as people write it: one person a line, indented under who calls them.

    10 li.na@example.com / wang.fang@example.com
      20 sun.bo@example.com

Whoever activates the plan calls those of the first level; after the stroke stands the deputy."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

LINE = re.compile(r"(?P<indent>[ \t　]*)(?P<minutes>\d+)\s+(?P<person>\S+)(?:\s*/\s*(?P<deputy>\S+))?\s*")
MOST_CALLS = 100
MOST_LEVELS = 6
LONGEST_MINUTES = 60 * 24
# The least share reached in time for each score of a drill; below all of them the score is 1.
LEAST_SHARES = [(5, Fraction(9, 10)), (4, Fraction(3, 4)), (3, Fraction(1, 2)), (2, Fraction(1, 4))]


@dataclass(frozen=True)
class Call:
    """Somebody to be reached within `minutes` of the start, else their deputy. `caller` is the place of who calls them
    in the tree, from 0; None for those whom the one who activates calls. `level` counts from 1."""

    level: int
    minutes: int
    person: str
    deputy: str
    caller: int | None


def read_tree(text: str, known: Collection[str]) -> list[Call]:
    """Return the calls that `text` says, one a line, in its order; nothing for an empty text.

    `known` are the addresses that may be called. ValueError says which line is none, and why."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_CALLS:
        raise ValueError(f"a call tree has at most {MOST_CALLS} people, this one {len(lines)}")
    calls: list[Call] = []
    open_levels: list[tuple[int, int]] = []  # indent and place of those whom a deeper line may be under
    for number, line in lines:
        indent, call = _call(line, number, known)
        while open_levels and open_levels[-1][0] >= indent:
            open_levels.pop()
        caller = open_levels[-1][1] if open_levels else None
        call = Call(len(open_levels) + 1, call.minutes, call.person, call.deputy, caller)
        _check(call, calls, number)
        open_levels.append((indent, len(calls)))
        calls.append(call)
    return calls


def _call(line: str, number: int, known: Collection[str]) -> tuple[int, Call]:
    found = LINE.fullmatch(line)
    if not found:
        raise ValueError(f"line {number} is not “minutes person / deputy”")
    call = Call(1, int(found["minutes"][:9]), found["person"].lower(), (found["deputy"] or "").lower(), None)
    for person in filter(None, (call.person, call.deputy)):
        if person not in known:
            raise ValueError(f"line {number}: nobody called “{person}” may be called by a plan")
    return len(found["indent"].expandtabs(4)), call


def _check(call: Call, before: Sequence[Call], number: int) -> None:
    if call.level > MOST_LEVELS:
        raise ValueError(f"line {number}: a tree has at most {MOST_LEVELS} levels")
    if call.minutes > LONGEST_MINUTES:
        raise ValueError(f"line {number}: {call.minutes} minutes are more than a day")
    if call.deputy == call.person:
        raise ValueError(f"line {number}: somebody is their own deputy")
    if any(call.person == other.person for other in before):
        raise ValueError(f"line {number}: “{call.person}” stands in the tree twice")
    if call.caller is not None and before[call.caller].minutes > call.minutes:
        raise ValueError(f"line {number} is due before the line above it")


def tree_as_text(calls: Sequence[Call]) -> str:
    """Return calls as `read_tree` takes them."""
    return "\n".join(
        f"{'  ' * (call.level - 1)}{call.minutes} {call.person}{f' / {call.deputy}' if call.deputy else ''}"
        for call in calls
    )


def tree_as_stored(calls: Sequence[Call], keys: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return calls with people by their keys, as a version of a plan holds them."""
    return [
        asdict(call) | {"person": keys[call.person], "deputy": keys[call.deputy] if call.deputy else None}
        for call in calls
    ]


def share_in_time(reached: Sequence[bool]) -> Fraction | None:
    """Return the share of calls that reached somebody in time; None where nobody was to be called."""
    return Fraction(sum(reached), len(reached)) if reached else None


def most_score(share: Fraction | None) -> int:
    """Return the highest score, 1 to 5, that a drill may get where `share` of its calls reached somebody in time."""
    if share is None:
        return 5
    return next((score for score, least in LEAST_SHARES if share >= least), 1)
