"""What is wanting in a matrix of duties: each activity has one accountable department and at least one responsible."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["unaccountable", "twice_accountable", "irresponsible"]


@dataclass(frozen=True)
class Gap:
    """What one activity lacks."""

    activity: str
    kind: Kind


def gaps_of(matrix: Mapping[str, Collection[str]]) -> list[Gap]:
    """Return what `{activity: parts}` lacks, in its order. Parts are R, A, AR, C and I; AR is both A and R."""
    return [Gap(activity, kind) for activity, parts in matrix.items() for kind in _lacking(parts)]


def _lacking(parts: Collection[str]) -> list[Kind]:
    accountable = sum("A" in part for part in parts)
    found: list[Kind] = []
    if accountable != 1:
        found.append("twice_accountable" if accountable else "unaccountable")
    if not any("R" in part for part in parts):
        found.append("irresponsible")
    return found
