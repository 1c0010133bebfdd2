"""What the room of questionnaires is told about suitability: who answers, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.services.reading import open_customer
from staff.models import User
from surveys.models import Response
from surveys.purposes import Purpose, register_purpose

SUITABILITY = "suitability"


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


def customers_of(user: User) -> QuerySet:
    return Customer.objects.visible_to(user)


def named(keys: Collection[int]) -> Mapping[int, tuple[str, str]]:
    found = Customer.objects.filter(pk__in=keys).values_list("pk", "reference")
    return {pk: (reference, f"/customers/{reference}/") for pk, reference in found}


def opened(subject: int, part: str) -> None:
    open_customer(Customer.objects.only("pk").get(pk=subject), part)


def check(subject: int, at: datetime) -> None:
    """Raise ValidationError where the customer may not be asked at `at`."""
    customer = Customer.objects.only("restricted_at", "erased_at").get(pk=subject)
    if customer.restricted_at or customer.erased_at:
        raise ValidationError(_("This customer's data is restricted: nothing is asked of them."))


def submitted(response: Response, at: datetime) -> None:
    """Take the answers up."""
