"""What an offer gives for an amount. Everything is Decimal; rounding is the terms' own, and stands in them."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from random import Random
from typing import Any

from marketing.rules.offer_kinds import MOST_MONEY, Terms

CENT = Decimal("0.01")
WAYS = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP}
# These take from the price, so never more than the price; the others are paid on top of it.
OFF_THE_PRICE = frozenset({"threshold", "percentage", "fixed", "fee_waiver"})


def discount(kind: str, terms: Terms, amount: Decimal, *, random: Random | None = None) -> Decimal:
    """Return what an offer gives for an order, a deposit or a fee of `amount`, in cents; nought where it does not reach.

    `terms` are as `read_terms` returns them. Raises ValueError for an amount that is not above nought, and for a random
    red packet without `random`. A shared red packet gives what its share says, not this.
    """
    if not amount.is_finite() or not 0 < amount <= MOST_MONEY:
        raise ValueError(f"The amount is {amount}: it must be above nought, and at most {MOST_MONEY:,}.")
    if amount < Decimal(str(terms.get("least", "0"))):
        return Decimal("0.00")
    with localcontext() as context:
        context.prec = 50
        given = GIVEN[kind](terms, amount, random)
    return min(given, amount) if kind in OFF_THE_PRICE else given


def worth_most(kind: str, terms: Terms) -> Decimal:
    """Return the most that one redemption can cost: what a coupon may be worth before anybody has used it."""
    if kind == "threshold":
        return max(Decimal(tier["save"]) for tier in terms["tiers"])
    if kind == "red_packet" and terms["form"] == "random":
        return Decimal(terms["high"])
    if kind == "red_packet" and terms["form"] == "shared":
        return Decimal(terms["amount"]) - CENT * (int(terms["parts"]) - 1)
    return Decimal(terms["cap"] if kind in {"percentage", "fee_waiver", "rate_uplift"} else terms["amount"])


def rounded(amount: Decimal, terms: Terms) -> Decimal:
    """Round as the terms say: to their step, down or half up."""
    step = Decimal(terms.get("step", "0.01"))
    return ((amount / step).quantize(Decimal(1), WAYS[terms.get("way", "down")]) * step).quantize(CENT)


def _threshold(terms: Terms, amount: Decimal, random: Any) -> Decimal:
    reached = [Decimal(tier["save"]) for tier in terms["tiers"] if amount >= Decimal(tier["spend"])]
    return max(reached, default=Decimal("0.00"))


def _percentage(terms: Terms, amount: Decimal, random: Any) -> Decimal:
    return min(rounded(amount * Decimal(terms["percent"]) / 100, terms), Decimal(terms["cap"]))


def _fixed(terms: Terms, amount: Decimal, random: Any) -> Decimal:
    return Decimal(terms["amount"])


def _rate_uplift(terms: Terms, amount: Decimal, random: Any) -> Decimal:
    """Points a year × amount × days / day count."""
    interest = amount * Decimal(terms["points"]) / 100 * terms["days"] / terms["day_count"]
    return min(rounded(interest, terms), Decimal(terms["cap"]))


def _red_packet(terms: Terms, amount: Decimal, random: Random | None) -> Decimal:
    if terms["form"] != "random":
        return Decimal(terms["amount"])
    if random is None:
        raise ValueError("A random red packet needs a source of chance.")
    low, high = (int(Decimal(terms[end]) * 100) for end in ("low", "high"))
    return Decimal(random.randint(low, high)) / 100


GIVEN = {
    "threshold": _threshold, "percentage": _percentage, "fee_waiver": _percentage, "fixed": _fixed, "gift": _fixed,
    "rate_uplift": _rate_uplift, "red_packet": _red_packet,
}  # fmt: skip
