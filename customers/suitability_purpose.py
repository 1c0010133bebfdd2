"""What the room of questionnaires is told about suitability: who answers, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Customer
from customers.services.reading import open_customer
from customers.services.suitability_results import SUITABILITY, refuse_too_many, take_result
from staff.models import User
from surveys.models import Response
from surveys.purposes import Purpose, register_purpose
from surveys.signs import register_sign


def register() -> None:
    register_purpose(
        Purpose(
            SUITABILITY,
            gettext_lazy("Suitability"),
            subjects=customers_of,
            named=named,
            opened=opened,
            check=check,
            submitted=submitted,
        )
    )
    for code, sentence in SIGNS.items():
        register_sign(code, sentence)


SIGNS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "age_differs": lambda sign: _("The age that was given does not fit the birth date on record."),
    "income_differs": lambda sign: _(
        "The income that was given is more than what came in over the last 90 days, taken for a year."
    ),
    "raised_after_refusal": lambda sign: (
        ngettext(
            "The class rose %(days)d days after a purchase was refused for it, by %(n)d answer that was changed.",
            "The class rose %(days)d days after a purchase was refused for it, by %(n)d answers that were changed.",
            sign["n"],
        )
        % {"n": sign["n"], "days": sign["days"]}
    ),
}


def customers_of(user: User) -> QuerySet:
    return Customer.objects.visible_to(user)


def named(keys: Collection[int]) -> Mapping[int, tuple[str, str]]:
    found = Customer.objects.filter(pk__in=keys).values_list("pk", "reference")
    return {pk: (reference, f"/customers/{reference}/suitability/") for pk, reference in found}


def opened(subject: int, part: str) -> None:
    open_customer(Customer.objects.only("pk").get(pk=subject), part)


def check(subject: int, at: datetime) -> None:
    """Raise ValidationError where the customer may not be asked at `at`."""
    customer = Customer.objects.only("restricted_at", "erased_at", "jurisdiction").get(pk=subject)
    if customer.restricted_at or customer.erased_at:
        raise ValidationError(_("This customer's data is restricted: nothing is asked of them."))
    refuse_too_many(customer, at)


def submitted(response: Response, at: datetime) -> None:
    take_result(response, at)
