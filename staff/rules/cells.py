"""How a value stands in a cell of a file that a spreadsheet will open."""

from datetime import datetime
from decimal import Decimal
from typing import Any

# A cell that begins so is a formula to Excel, LibreOffice or Google Sheets (OWASP, "CSV injection").
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
EXACT_DIGITS = 15  # what a double, and so a sheet's number, holds exactly


def safe_text(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: a leading apostrophe before what would be a formula."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def plain_text(value: Any) -> str:
    """Return a value as text: nothing for None, ISO dates, full decimals; only texts of people can be formulas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (int, float)):
        return str(value)
    return safe_text(str(value))


def sheet_number(value: Any) -> float | int | None:
    """Return a number that a sheet holds exactly, or None for what must stand there as text: 16 digits and more,
    NaN.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() and len(value.as_tuple().digits) <= EXACT_DIGITS else None
    if isinstance(value, int):
        return value if len(str(abs(value))) <= EXACT_DIGITS else None
    return value if value == value and abs(value) != float("inf") else None
