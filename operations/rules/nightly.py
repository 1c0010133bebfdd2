"""Rules of the nightly run: which business date, which steps."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def business_date_at(now: datetime, zone: str) -> date:
    """Return the business date that a run at `now` (aware) is about: the day before, on the company's clock."""
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def steps_from(names: Sequence[str], first: str) -> list[str]:
    """Return the steps from `first` on, all of them where it is empty. Raises ValueError for a step that is none."""
    if not first:
        return list(names)
    if first not in names:
        raise ValueError(f"There is no step {first}: choose among {', '.join(names)}.")
    return list(names[names.index(first) :])
