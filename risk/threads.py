"""What happened because of a risk, as one thread: breach, case, plan, drill, finding, and back to a new assessment.

Each part of the house that knows of something adds a strand in `AppConfig.ready`:

    register_strand(Strand("cases", cases_of_risk, "incidents.view_case"))

A knot names the knot that it came from (`cause`), so the page can show what led to what.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from pages.parts import add_part, open_to

if TYPE_CHECKING:
    from risk.models import Risk
    from staff.models import User


@dataclass(frozen=True)
class Knot:
    """One thing that happened. `key` is such as `case:12`; `cause` is the key of what led to it, empty where nothing
    did; `title` says in a few words what it is, `state` how it stands."""

    key: str
    kind: str | Promise
    title: str
    at: datetime
    url: str
    icon: str
    state: str | Promise = ""
    tone: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Strand:
    """`knots(user, risk)` gives what the person may see of one kind, in a number of queries that does not grow."""

    key: str
    knots: Callable[[User, Risk], Sequence[Knot]]
    permission: str = ""


@dataclass(frozen=True)
class Tied:
    """A knot with its depth in the thread, from 0, and the knot that led to it."""

    knot: Knot
    depth: int
    cause: Knot | None


STRANDS: list[Strand] = []


def register_strand(strand: Strand) -> None:
    add_part(STRANDS, strand)


def thread_of(user: User, risk: Risk) -> list[Tied]:
    """Return all knots of a risk that the person may see: each after what led to it, beginnings oldest first."""
    return tie([knot for strand in open_to(user, STRANDS) for knot in strand.knots(user, risk)])


def tie(knots: Sequence[Knot]) -> list[Tied]:
    """Return knots as a thread. One whose cause is hidden or missing begins a thread of its own; of a circle, which
    nobody should have made, the oldest knot begins it."""
    known = {knot.key: knot for knot in knots}
    ordered = sorted(known.values(), key=lambda knot: (knot.at, knot.key))
    tied: list[Tied] = []
    seen: set[str] = set()

    def follow(knot: Knot, depth: int) -> None:
        if knot.key in seen:
            return
        seen.add(knot.key)
        tied.append(Tied(knot, depth, known.get(knot.cause)))
        for one in ordered:
            if one.cause == knot.key:
                follow(one, depth + 1)

    beginnings = [knot for knot in ordered if knot.cause not in known]
    for knot in [*beginnings, *ordered]:
        follow(knot, 0)
    return tied
