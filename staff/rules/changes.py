"""How many people a change needs, and whether it waits too long: no database, no clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_APPROVALS = 5


def approvals_needed(base: int, bands: Sequence[Mapping[str, Any]], amount: Decimal | None) -> int:
    """Return the approvals that a policy asks for: `base`, or more from the bands that `amount` reaches.

    An amount that is not known counts as the largest: what nobody can size up is not waved through.
    """
    reached = [int(band["approvals"]) for band in bands if amount is None or amount >= Decimal(str(band["from"]))]
    return max([base, *reached])


def is_due(since: datetime, hours: int, at: datetime) -> bool:
    """Return whether `hours` have passed since then; 0 hours never fall due."""
    return hours > 0 and at >= since + timedelta(hours=hours)


def read_bands(text: str) -> list[dict[str, Any]]:
    """Return bands written as `100000: 2` a line, ascending by amount. ValueError says which line is none."""
    bands = []
    for place, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        if line:
            bands.append(_band(line, place))
    amounts = [Decimal(band["from"]) for band in bands]
    if amounts != sorted(set(amounts)):
        raise ValueError("the amounts do not rise from line to line")
    return bands


def _band(line: str, place: int) -> dict[str, Any]:
    amount, _colon, approvals = (part.strip() for part in line.partition(":"))
    try:
        start, needed = Decimal(amount.replace(",", "")), int(approvals)
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"line {place} is not “amount: approvals”") from error
    if not start.is_finite() or start < 0 or not 1 <= needed <= MOST_APPROVALS:
        raise ValueError(f"line {place} needs an amount and 1 to {MOST_APPROVALS} approvals")
    return {"from": format(start, "f"), "approvals": needed}


def bands_as_text(bands: Sequence[Mapping[str, Any]]) -> str:
    """Return bands as `read_bands` takes them."""
    return "\n".join(f"{band['from']}: {band['approvals']}" for band in bands)
