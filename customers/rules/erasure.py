"""What of a person can go now, and what must stay until when, by which rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Hold:
    """A legal reason to keep a part: `rule` says so, `until` is the last day; None while its clock has not started."""

    rule: Any
    until: date | None


def longest(holds: Iterable[Hold]) -> Hold | None:
    """Return the hold that lets go last; one without an end outlasts every other. None where nothing holds."""
    return max(holds, key=lambda hold: hold.until or date.max, default=None)


def may_go(hold: Hold | None, today: date) -> bool:
    """Return whether nothing keeps a part any more: the last day of keeping is over."""
    return hold is None or (hold.until is not None and hold.until < today)
