"""Reading amounts, rates and dates that come into a rule, and rounding what goes out."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

Number = Decimal | int | float | str


def read_number(value: Number, *, what: str) -> Decimal:
    """Return `value` as an exact Decimal (a float as it prints); ValueError names `what` where it is no finite
    number."""
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"The {what} is {value!r}: it must be a number.")
    return number


def read_positive(value: Number, *, what: str) -> Decimal:
    """Return `value` as a Decimal above nought, or raise ValueError."""
    number = read_number(value, what=what)
    if number <= 0:
        raise ValueError(f"The {what} is {value}: it must be more than nought.")
    return number


def read_count(value: int, *, what: str, most: int) -> int:
    """Return a whole number from 1 to `most`, or raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"The {what} is {value!r}: it must be a whole number from 1 to {most:,}.")
    return value


def read_date(value: date, *, what: str) -> date:
    """Return the day of a date or of a datetime, or raise ValueError."""
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise ValueError(f"The {what} is {value!r}: it must be a date.")
    return value


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round to the nearest multiple of `step` (0.01, 1, 0.05), a half away from nought."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step
