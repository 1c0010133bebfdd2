"""What a shock may be. No database: sizes and units come in, a word comes out."""

from decimal import Decimal


def hurdle_to_size(size: Decimal, unit: str) -> str:
    """Return what is wrong with a shock of `size` in `unit` (`bp`, `percent`, `points`, `times`): `none` moves nothing,
    `below_nothing` takes away more than there is, `not_positive` multiplies by nothing or less; empty where it may be.
    """
    if unit == "times":
        return "none" if size == 1 else "not_positive" if size <= 0 else ""
    if size == 0:
        return "none"
    return "below_nothing" if unit == "percent" and size < -100 else ""
