"""Where a rule finds the members of another segment. Segments live upstairs, in marketing, which registers itself here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class SegmentSource:
    """`names(codes)` gives the names of the segments that there are; `members` is the condition that the customer `c` is
    in a segment, with one place `%s` for its code."""

    names: Callable[[Collection[str]], dict[str, str]]
    members: str


SOURCES: list[SegmentSource] = []


def register_segments(source: SegmentSource) -> None:
    """Say where segments stand; a second, different one raises ValueError."""
    if SOURCES and SOURCES[0] != source:
        raise ValueError("Segments have a source already.")
    SOURCES[:] = [source]


def names_of(codes: Collection[str]) -> dict[str, str]:
    return SOURCES[0].names(codes) if SOURCES and codes else {}


def members_condition() -> str:
    return SOURCES[0].members if SOURCES else "(false AND %s IS NULL)"
