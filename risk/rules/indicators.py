"""What a reading means: its band, its age, and how a typed value is understood."""

from datetime import date
from decimal import Decimal, InvalidOperation

WORSE = ("", "green", "amber", "red")


def band_of(value: Decimal, *, amber: Decimal, red: Decimal) -> str:
    """Return the band of a reading: `green`, `amber` or `red`.

    `amber` and `red` are the first values inside their bands, in the indicator's unit. An indicator whose
    danger is above has `amber < red`; one whose danger is below has `amber > red`. Equal bounds raise ValueError.
    """
    if amber == red:
        raise ValueError(f"amber and red are both {amber}: give the bands different bounds")
    rising = red > amber
    beyond = (lambda bound: value >= bound) if rising else (lambda bound: value <= bound)
    return "red" if beyond(red) else "amber" if beyond(amber) else "green"


def worse_of(one: str, other: str) -> str:
    """Return the graver of two bands; no band at all (an empty text) is the least."""
    return max(one, other, key=WORSE.index)


def is_breach(band: str) -> bool:
    return band in ("amber", "red")


def is_stale(day: date | None, *, today: date, after_days: int) -> bool:
    """Return whether a reading of `day` is too old on `today`: more than `after_days` days, or never taken."""
    return day is None or (today - day).days > after_days


def share_from_text(text: str) -> Decimal:
    """Return a share as a fraction: `5%` and `0.05` are 0.05, `150 %` is 1.5.

    A bare number beyond 1 (or -1) raises ValueError with code words: nobody can tell whether 5 means 5 % or 500 %.
    Anything that is no number raises ValueError too.
    """
    bare = text.strip().replace("％", "%")
    percent = bare.endswith("%")
    try:
        number = Decimal(bare.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number")
    if percent:
        return number / 100
    if abs(number) > 1:
        raise ValueError("ambiguous")
    return number
