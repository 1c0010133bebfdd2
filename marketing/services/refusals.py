"""What the triggers of offers refuse, as sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

MARK = "offers:"


def sentence_of(word: str) -> str:
    return {
        "offer": _("This is not an offer in force."),
        "version": _("This offer is not in force."),
        "stopped": _("This offer was stopped."),
        "early": _("This offer has not begun yet."),
        "late": _("This offer has ended."),
        "coupon": _("This coupon is another customer's."),
        "expired": _("This coupon has expired."),
        "used": _("This coupon is used already."),
        "share": _("This share of the red packet is taken."),
        "customer": _("This customer has had what one customer may have of this offer."),
        "budget": _("The budget of this offer, or its number of redemptions, is used up."),
        "below": _("More than this budget is spent or reserved already: choose a larger one."),
        "state": _("What is asked does not follow from where this redemption stands now."),
        "exported": _("The codes of this issue were exported: that happens once."),
    }.get(word, _("The database refused this."))


@contextmanager
def refusals(*, writes_once: bool = False) -> Iterator[None]:
    """One transaction, or a part of the running one; what a trigger of offers refuses in it is a ValidationError.

    What `writes_once` only, in one statement, is a transaction by itself already where none runs."""
    is_whole = writes_once and connection.get_autocommit()
    try:
        with nullcontext() if is_whole else transaction.atomic():
            yield
    except DatabaseError as error:
        detail = getattr(getattr(error.__cause__, "diag", None), "message_detail", None) or ""
        if not detail.startswith(MARK):
            raise
        word = detail.removeprefix(MARK)
        raise ValidationError(sentence_of(word), code=word) from error
