"""The kinds of offers: what each one's terms say, and how bad terms are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

Terms = Mapping[str, Any]
MOST_MONEY = Decimal("1000000000000")
MOST_TIERS, MOST_PARTS, MOST_DAYS = 20, 10_000, 3_660
STEPS = ("0.01", "0.1", "1")
WAYS = ("down", "half_up")
DAY_COUNTS = (360, 365, 366)
PACKETS = ("fixed", "random", "shared")


class BadTerms(ValueError):
    """Terms that mean nothing: `where` names the field, the text says what to write instead."""

    def __init__(self, where: str, text: str):
        super().__init__(text)
        self.where = where


def read_money(value: Any, where: str, *, least: Decimal = Decimal("0.01")) -> Decimal:
    """Return an amount in cents, from `least` up to a million million; BadTerms for anything else."""
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not least <= amount <= MOST_MONEY:
        raise BadTerms(where, _("Write an amount from %(least)s on, with two decimals at most.") % {"least": least})
    if amount != amount.quantize(Decimal("0.01")):
        raise BadTerms(where, _("Write at most two decimals."))
    return amount.quantize(Decimal("0.01"))


def read_rate(value: Any, where: str, *, most: Decimal) -> Decimal:
    """Return a percentage or points above nought with four decimals at most."""
    try:
        rate = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not 0 < rate <= most or rate != rate.quantize(Decimal("0.0001")):
        raise BadTerms(
            where, _("Write a number above 0 and up to %(most)s, with four decimals at most.") % {"most": most}
        )
    return rate


def read_whole(value: Any, where: str, *, most: int) -> int:
    """Return a whole number from 1 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isascii():
        raise BadTerms(where, _("Write a whole number from 1 to %(most)d.") % {"most": most})
    if not str(value).isdecimal() or not 1 <= int(value) <= most:
        raise BadTerms(where, _("Write a whole number from 1 to %(most)d.") % {"most": most})
    return int(value)


def _one_of(terms: Terms, where: str, allowed: Sequence[Any], default: Any) -> Any:
    value = terms.get(where, default)
    if value not in allowed:
        raise BadTerms(
            where, _("Choose one of %(choices)s.") % {"choices": ", ".join(dict.fromkeys(map(str, allowed)))}
        )
    return value


def _rounding(terms: Terms) -> dict[str, Any]:
    return {"step": _one_of(terms, "step", STEPS, "0.01"), "way": _one_of(terms, "way", WAYS, "down")}


def _threshold(terms: Terms) -> dict[str, Any]:
    tiers = terms.get("tiers")
    if not isinstance(tiers, list) or not 1 <= len(tiers) <= MOST_TIERS:
        raise BadTerms(
            "tiers", _("Write from 1 to %(most)d tiers, one a line: spend, then save.") % {"most": MOST_TIERS}
        )
    read = [_tier(tier) for tier in tiers]
    for (spend, save), (more, saved) in zip(read, read[1:], strict=False):
        if more <= spend or saved <= save:
            raise BadTerms("tiers", _("Each tier asks for more than the one before it, and saves more."))
    return {"tiers": [{"spend": str(spend), "save": str(save)} for spend, save in read]}


def _tier(tier: Any) -> tuple[Decimal, Decimal]:
    if not isinstance(tier, Mapping):
        raise BadTerms("tiers", _("A tier is two amounts: spend, then save."))
    spend, save = read_money(tier.get("spend"), "tiers"), read_money(tier.get("save"), "tiers")
    if save > spend:
        raise BadTerms("tiers", _("A tier saves no more than it asks to be spent."))
    return spend, save


def _percentage(terms: Terms) -> dict[str, Any]:
    percent, cap = read_rate(terms.get("percent"), "percent", most=Decimal(100)), read_money(terms.get("cap"), "cap")
    return {"percent": str(percent), "cap": str(cap), **_least(terms), **_rounding(terms)}


def _least(terms: Terms) -> dict[str, Any]:
    return {"least": str(read_money(terms.get("least", "0") or "0", "least", least=Decimal(0)))}


def _fixed(terms: Terms) -> dict[str, Any]:
    return {"amount": str(read_money(terms.get("amount"), "amount")), **_least(terms)}


def _rate_uplift(terms: Terms) -> dict[str, Any]:
    return {
        "points": str(read_rate(terms.get("points"), "points", most=Decimal(100))),
        "days": read_whole(terms.get("days"), "days", most=MOST_DAYS),
        "day_count": int(_one_of(terms, "day_count", [*DAY_COUNTS, *map(str, DAY_COUNTS)], 365)),
        "cap": str(read_money(terms.get("cap"), "cap")),
        **_least(terms),
        **_rounding(terms),
    }


def _fee_waiver(terms: Terms) -> dict[str, Any]:
    percent, cap = (
        read_rate(terms.get("percent", "100"), "percent", most=Decimal(100)),
        read_money(terms.get("cap"), "cap"),
    )
    return {"percent": str(percent), "cap": str(cap), **_rounding(terms)}


def _gift(terms: Terms) -> dict[str, Any]:
    name = str(terms.get("gift", "")).strip()
    if not 1 <= len(name) <= 120:
        raise BadTerms("gift", _("Name the gift in at most 120 letters."))
    return {"gift": name, "amount": str(read_money(terms.get("amount"), "amount")), **_least(terms)}


def _red_packet(terms: Terms) -> dict[str, Any]:
    form = _one_of(terms, "form", PACKETS, "fixed")
    if form == "fixed":
        return {"form": form, "amount": str(read_money(terms.get("amount"), "amount"))}
    if form == "random":
        low, high = read_money(terms.get("low"), "low"), read_money(terms.get("high"), "high")
        if low > high:
            raise BadTerms("high", _("The largest amount is below the smallest."))
        return {"form": form, "low": str(low), "high": str(high)}
    total, parts = read_money(terms.get("amount"), "amount"), read_whole(terms.get("parts"), "parts", most=MOST_PARTS)
    if total < parts * Decimal("0.01"):
        raise BadTerms("parts", _("Each part is at least 0.01: there are too many parts for this total."))
    return {"form": form, "amount": str(total), "parts": parts}


READERS: dict[str, Callable[[Terms], dict[str, Any]]] = {
    "threshold": _threshold, "percentage": _percentage, "fixed": _fixed, "rate_uplift": _rate_uplift,
    "fee_waiver": _fee_waiver, "gift": _gift, "red_packet": _red_packet,
}  # fmt: skip


def read_terms(kind: str, terms: Any) -> dict[str, Any]:
    """Return the terms of an offer in their one written form, amounts as texts; BadTerms says which field is wrong."""
    if kind not in READERS:
        raise BadTerms("kind", _("There is no kind of offer %(kind)s.") % {"kind": kind})
    if not isinstance(terms, Mapping):
        raise BadTerms("terms", _("Terms are fields with values."))
    return READERS[kind](terms)
