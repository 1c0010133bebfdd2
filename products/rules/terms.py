"""The terms that each line has of its own: name, kind, whether a version cannot be submitted without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    name: str
    label: str | Promise
    kind: str = "text"  # text | amount | share | number | numbers | words
    required: bool = False


# To whom a product of any line is sold; empty is everybody.
SOLD_TO = (
    Term("minimum_age", _("Youngest buyer, years"), "number"),
    Term("maximum_age", _("Oldest buyer, years"), "number"),
    Term("regions", _("Sold in regions"), "words"),
)
TERMS: dict[str, tuple[Term, ...]] = {
    "payment": (
        Term("daily_limit", _("Daily limit"), "amount", required=True),
        Term("settlement", _("Settlement"), required=True),
    ),
    "p2p": (
        Term("maximum", _("Largest loan"), "amount", required=True),
        Term("months", _("Terms in months"), "numbers", required=True),
    ),
    "wealth": (
        Term("minimum", _("Smallest amount"), "amount"),
        Term("lock_days", _("Days locked"), "number"),
        Term("nav", _("Net asset value"), "amount"),
        Term("fast_redemption_limit", _("Fast redemption a day"), "amount"),
    ),
    "insurance": (
        Term("sum_insured", _("Sum insured"), "amount", required=True),
        Term("deductible", _("Deductible"), "amount"),
        Term("cooling_off_days", _("Cooling-off days"), "number", required=True),
    ),
    "fund": (
        Term("settlement", _("Settlement"), required=True),
        Term("benchmark", _("Benchmark")),
    ),
    "supply_chain": (
        Term("advance_rate", _("Advance rate"), "share", required=True),
        Term("days", _("Terms in days"), "numbers", required=True),
    ),
}
TERMS = {line: (*terms, *SOLD_TO) for line, terms in TERMS.items()}


def missing_terms(line: str, terms: Mapping[str, Any]) -> list[Term]:
    """Return the terms that a version of `line` needs and `terms` lacks."""
    return [term for term in TERMS.get(line, ()) if term.required and terms.get(term.name) in (None, "", [])]


def read_term(term: Term, text: str) -> Any:
    """Return a typed term from what was written; amounts and shares stay text, exact. Nonsense raises ValueError."""
    text = text.strip()
    if not text or term.kind == "text":
        return text
    if term.kind == "words":
        return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    if term.kind == "numbers":
        return [_whole(part, term) for part in text.replace("，", ",").split(",") if part.strip()]
    if term.kind == "number":
        return _whole(text, term)
    return str(_decimal(text, term))


def _whole(text: str, term: Term) -> int:
    if not text.strip().isdecimal():
        raise ValueError(_("%(label)s: write whole numbers, such as 12.") % {"label": term.label})
    return int(text)


def _decimal(text: str, term: Term) -> Decimal:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or (term.kind == "share" and value > 1):
        raise ValueError(_("%(label)s: write a number, for a share between 0 and 1.") % {"label": term.label})
    return value
