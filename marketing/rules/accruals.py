"""What offers cost in the books: expected liability, and what a day changes in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EXPENSE, LIABILITY, CASH = "marketing_expense", "offer_liability", "cash"


@dataclass(frozen=True)
class Posting:
    """One line of a day's close; the amount is above nought."""

    kind: str
    debit: str
    credit: str
    amount: Decimal


def expected_liability(*, unredeemed: Decimal, rate: Decimal, reserved: Decimal, free: Decimal) -> Decimal:
    """Return what is still owed: coupons that may be used × the share expected to be, never more than is `free` of the
    budget, and whatever is reserved, in full.

    `rate` is the expected share of redemption, 1 − breakage (compare IFRS 15.B44–B47: breakage is what customers are not
    expected to exercise)."""
    if not 0 <= rate <= 1 or unredeemed < 0 or reserved < 0:
        raise ValueError("The expected share lies between 0 and 1, and nothing owed is negative.")
    return (min(unredeemed * rate, max(free, Decimal(0))) + reserved).quantize(CENT, ROUND_HALF_UP)


def postings(*, before: Decimal, paid: Decimal, taken_back: Decimal, after: Decimal) -> list[Posting]:
    """Return the postings of a day that bring the liability from `before` to `after`.

    What was paid goes off the liability, what was taken back comes on again, and expense takes the difference."""
    between = before - paid + taken_back
    change = after - between
    found = [
        Posting("paid", LIABILITY, CASH, paid),
        Posting("taken_back", CASH, LIABILITY, taken_back),
        Posting("accrued", EXPENSE, LIABILITY, change),
        Posting("released", LIABILITY, EXPENSE, -change),
    ]
    return [one for one in found if one.amount > 0]
