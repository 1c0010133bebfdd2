"""Which way a change of rules goes, and what its days say."""

from datetime import date, timedelta

SOON = timedelta(days=30)
MOVES: dict[str, tuple[str, ...]] = {
    "new": ("assessing", "gap", "not_ours"),
    "assessing": ("gap", "done", "not_ours"),
    "gap": ("done", "not_ours"),
    "done": ("assessing",),
    "not_ours": ("assessing",),
}


def may_move(state: str, to: str) -> bool:
    """Return whether a change of rules may go from one state to another; what is over is only assessed again."""
    return to in MOVES.get(state, ())


def urgency(due_on: date | None, *, today: date) -> str:
    """Return `overdue`, `soon` within 30 days, the last one included, or nothing."""
    if due_on is None:
        return ""
    if due_on < today:
        return "overdue"
    return "soon" if due_on <= today + SOON else ""


def is_late_for_law(due_on: date | None, in_force_on: date | None) -> bool:
    """Return whether the gap is to be closed only after the rule is in force: the company would break it until then."""
    return due_on is not None and in_force_on is not None and due_on > in_force_on
