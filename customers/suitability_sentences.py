"""What each reason of a suitability check says, by its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from customers.models import InvestorClass
from pages.formats import day
from products.models import Jurisdiction, LineCode, ProductStatus

Values = Mapping[str, Any]


def _day(values: Values) -> str:
    found = values["day"]
    return day(date.fromisoformat(found) if isinstance(found, str) else found)


def _class(values: Values) -> dict[str, Any]:
    return {"class": InvestorClass(values["class"]).label, "rating": values["rating"]}


SENTENCES: dict[str, Callable[[Values], str]] = {
    "erased": lambda values: _("The customer was erased."),
    "restricted": lambda values: _("The customer's data is restricted: nothing is offered or sold."),
    "frozen": lambda values: _("The customer is frozen."),
    "closed": lambda values: _("The relationship has ended."),
    "in_review": lambda values: _("The customer is in review."),
    "not_on_sale": lambda values: (
        _("The product is not on sale: it is “%(status)s”.") % {"status": ProductStatus(values["status"]).label}
    ),
    "line_off": lambda values: _("The line %(line)s is switched off.") % {"line": LineCode(values["line"]).label},
    "no_version": lambda values: _("The product has no version in force, so it has no risk rating."),
    "not_sold_there": lambda values: (
        _("The product is sold in %(place)s alone; other law holds for the customer.")
        % {"place": Jurisdiction(values["jurisdiction"]).label}
    ),
    "region": lambda values: _("The product is not sold in the customer's region."),
    "age_unknown": lambda values: _("The product is for certain ages, and no birth date is on record."),
    "too_young": lambda values: _("The product is for people from %(age)d years on.") % {"age": values["age"]},
    "too_old": lambda values: _("The product is for people up to %(age)d years.") % {"age": values["age"]},
    "no_assessment": lambda values: _("The customer's risk tolerance was never assessed: send the questionnaire."),
    "expired": lambda values: (
        _("The assessment was valid until %(day)s: it must be taken again.") % {"day": _day(values)}
    ),
    "class_never": lambda values: (
        _("%(class)s may not buy %(rating)s, of their own accord no more than on advice.") % _class(values)
    ),
    "class_too_low": lambda values: (
        _("%(rating)s is above %(class)s: only of their own accord, after a written warning that is kept.")
        % _class(values)
    ),
    "waiting": lambda values: _("A newer assessment waits for somebody to look at it; the one before still counts."),
    "extra_step": lambda values: (
        _("From %(age)d years on the risks are gone through once more before they confirm.") % {"age": values["age"]}
    ),
    "no_consent": lambda values: _("The customer has not agreed to personalised offers by this channel."),
    "cooling_off": lambda values: (
        _("They may still withdraw from what they took up of this product, until %(day)s.") % {"day": _day(values)}
    ),
}


def sentence_of(code: str, values: Values) -> str:
    """Return a reason in words, in the reader's language; its code where nobody knows it any more."""
    return SENTENCES[code](values) if code in SENTENCES else code
