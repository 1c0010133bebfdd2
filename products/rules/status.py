"""Which way a product may go, and who may send it there."""

from datetime import date

# From a status: the statuses it may move to.
MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"review", "closed"}),
    "review": frozenset({"draft", "approved"}),
    "approved": frozenset({"on_sale", "draft", "closed"}),
    "on_sale": frozenset({"suspended", "closed"}),
    "suspended": frozenset({"on_sale", "closed"}),
    "closed": frozenset(),
}


def may_move(status: str, to: str) -> bool:
    """Return whether a product may go from `status` to `to`."""
    return to in MOVES.get(status, frozenset())


def why_not(status: str, to: str, *, has_submitted_version: bool, line_is_on: bool) -> str | None:
    """Return the code of the first reason against a move, or None: `move`, `version` or `line`."""
    if not may_move(status, to):
        return "move"
    if to in {"review", "approved", "on_sale"} and not has_submitted_version:
        return "version"
    if to == "on_sale" and not line_is_on:
        return "line"
    return None


def in_force(valid_from: date, valid_to: date | None, *, at: date) -> bool:
    """Return whether a dated row counts on `at`; both ends are inside."""
    return valid_from <= at and (valid_to is None or at <= valid_to)


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Return whether two dated rows share a day; an open end reaches on for ever."""
    far = date.max
    return first[0] <= (second[1] or far) and second[0] <= (first[1] or far)
