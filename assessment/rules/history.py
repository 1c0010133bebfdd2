"""What losses and readings of the past say: how often in a year, how much when it is bad, how much of the time outside."""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil

HEIGHT = Decimal("0.9")  # of ten losses the second greatest: what a bad one costs, not the worst ever


def yearly(count: int, years: Decimal) -> Decimal:
    """Return how many times a year something happened, over `years` above 0."""
    if years <= 0:
        raise ValueError("years lie above 0")
    return Decimal(count) / years


def nearest_rank(amounts: Sequence[Decimal], share: Decimal = HEIGHT) -> Decimal:
    """Return the smallest amount that at least `share` of all do not exceed (nearest-rank percentile, NIST/SEMATECH
    e-Handbook 7.2.6.2 names it among the definitions); of none, ValueError.

    >>> nearest_rank([Decimal(15), Decimal(20), Decimal(35), Decimal(40), Decimal(50)], Decimal("0.3"))
    Decimal('20')
    """
    if not amounts:
        raise ValueError("there is no amount")
    if not 0 < share <= 1:
        raise ValueError("a share lies above 0 and is at most 1")
    return sorted(amounts)[ceil(share * len(amounts)) - 1]


def share_outside(bands: Sequence[str]) -> Decimal:
    """Return the share of readings outside green, an amber one counted half; of none, ValueError."""
    if not bands:
        raise ValueError("there is no reading")
    worth = {"amber": Decimal("0.5"), "red": Decimal(1)}
    return sum((worth.get(band, Decimal(0)) for band in bands), Decimal(0)) / len(bands)
