"""Why a row was not taken: kept as a code with its particulars, told as a sentence in the reader's language."""

import json
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

LONGEST_VALUE = 60
SENTENCES = {
    "missing": _("“%(column)s” is empty, and the row cannot do without it."),
    "bad_date": _("“%(value)s” is no date written as %(expected)s."),
    "future": _("%(value)s lies in the future: a business date is at most tomorrow."),
    "past": _("%(value)s lies too far in the past: a business date is 1970 or later."),
    "bad_money": _("“%(value)s” is no amount: write digits and at most one decimal mark."),
    "decimals": _("“%(value)s” has more than two decimals."),
    "bad_number": _("“%(value)s” is no number that fits here."),
    "bad_sign": _("“%(value)s” says neither in nor out: add it to the mapping's plus or minus."),
    "unknown_value": _("“%(value)s” is not among the values that the mapping knows."),
    "bad_currency": _("“%(value)s” is no currency: three capital letters, such as CNY."),
    "too_long": _("“%(column)s” is longer than %(expected)s characters."),
    "unknown_customer": _(
        "There is no customer “%(value)s” from this source: load customers first, or correct the number."
    ),
    "unknown_account": _(
        "There is no account “%(value)s” from this source: load accounts first, or correct the number."
    ),
    "unknown_loan": _("There is no loan “%(value)s” from this source: load loans first, or correct the number."),
    "unknown_product": _("There is no product with the code “%(value)s”."),
    "not_positive": _("“%(value)s” has to be above zero."),
    "other_content": _("Number “%(value)s” was taken before with another date, amount, account or currency."),
    "taken": _("The same stands here already, under another number."),
    "being_erased": _("This customer is being erased: nothing of theirs is taken."),
    "not_a_business": _("Only a business has owners."),
    "of_two": _("Two different ones are needed here."),
    "ends_before": _("The last day is before the first."),
    "no_share": _("A share is more than 0 and at most 100 percent, with four decimals at most."),
    "bad_country": _("A country is two capital letters, such as CN."),
    "columns": _("The row has %(value)s columns where the header has %(expected)s."),
    "encoding": _("The row is not written in %(expected)s."),
    "nul": _("The row holds a zero byte, which no text may."),
    "quote": _("A quotation mark is opened here and not closed again."),
    "not_text": _("“%(column)s” is to be text: amounts and numbers too are written in quotation marks."),
    "unknown_field": _("“%(value)s” is no field of a transaction."),
}


def write_reason(code: str, *, value: object = "", expected: object = "") -> str:
    """Return what is kept in `ImportReject.reason`; the value is cut, because a reason is no place for a whole row."""
    kept = {"code": code, "value": str(value)[:LONGEST_VALUE], "expected": str(expected)[:80]}
    return json.dumps({key: one for key, one in kept.items() if one}, ensure_ascii=False)[:300]


def read_reason(text: str, *, column: str = "") -> str:
    """Return the sentence for a kept reason; text that is none is returned as it is."""
    try:
        kept: Mapping[str, str] = json.loads(text)
        return str(SENTENCES[kept["code"]]) % {"value": "", "expected": "", **kept, "column": column}
    except (ValueError, KeyError, TypeError):
        return text
