"""A customer's personal fields: how each is checked and written together with what finds it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.encryption import email_index, identity_index, identity_tail_index, phone_index, phone_tail_index
from customers.models import Customer
from customers.rules.contacts import e164
from customers.rules.identifiers import is_resident_id

Index = Callable[[str | None], bytes | None]
INDEXES: dict[str, dict[str, Index]] = {
    "name": {},
    "birth_date": {},
    "address": {},
    "email": {"email_index": email_index},
    "phone": {"phone_index": phone_index, "phone_tail_index": phone_tail_index},
    "identity_number": {"identity_index": identity_index, "identity_tail_index": identity_tail_index},
}


def checked_value(customer: Customer, field: str, text: str) -> Any:
    """Return `text` as `field` keeps it; ValidationError with what is wrong."""
    text = " ".join(text.split())
    if not text:
        raise ValidationError(_("Write what it should say."))
    if field == "birth_date":
        return _birth_date(text)
    if field == "phone":
        number = e164(text, region=customer.jurisdiction or "CN")
        if number is None:
            raise ValidationError(_("This is no telephone number that can be called: write it with its country."))
        return number
    if field == "identity_number" and customer.identity_kind == "resident_id" and not is_resident_id(text):
        raise ValidationError(_("This is no valid resident identity number: look at its last sign and its birth date."))
    if field == "email" and ("@" not in text or " " in text):
        raise ValidationError(_("This is no e-mail address."))
    return text


def _birth_date(text: str) -> date:
    try:
        born = date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Write the birth date as 1990-12-31.")) from error
    if born > timezone.localdate():
        raise ValidationError(_("Nobody is born in the future."))
    return born


def write_field(customer: Customer, field: str, value: Any) -> list[str]:
    """Set a field and its indexes on `customer` and return the names of what was set, for `update_fields`."""
    setattr(customer, field, value)
    for name, index in INDEXES[field].items():
        setattr(customer, name, index(value))
    return [field, *INDEXES[field]]
