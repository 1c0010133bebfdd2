"""The one place where a customer's personal values become what a person sees: pages, search, API and exports all ask
here."""

from collections.abc import Callable
from typing import Any, Protocol

from customers.rules import masking

VIEW_NAME = "customers.view_name"
MASKS: dict[str, Callable[[str | None], str]] = {
    "name": masking.mask_name,
    "phone": masking.mask_phone,
    "landline": masking.mask_landline,
    "email": masking.mask_email,
    "identity_number": masking.mask_resident_id,
    "card_number": masking.mask_card,
    "document_number": masking.mask_resident_id,
    "address": masking.mask_address,
}


class Reader(Protocol):
    """Somebody whose permissions can be asked."""

    def has_perm(self, perm: str) -> bool: ...


def mask_field(field: str, value: str | None) -> str:
    """Return `value` as the mask of `field` shows it; a field without a mask of its own shows nothing but stars."""
    text = value or ""
    mask = MASKS.get(field)
    return mask(text) if mask else masking.STAR * min(len(text), 8)


def personal(customer: Any, field: str, *, clear: bool = False) -> str:
    """Return a customer's personal field, masked; `clear` is for a reveal that was allowed and logged by its caller.

    `customer` is anything with the attribute: a customer, a card, a contact.
    """
    value: str | None = getattr(customer, field)
    return (value or "") if clear else mask_field(field, value)


def visible_name(user: Reader, name: str | None) -> str:
    """Return a customer's name as `user` may read it: whole with `customers.view_name`, else masked."""
    return (name or "") if user.has_perm(VIEW_NAME) else masking.mask_name(name)


class Masked:
    """What one person sees of many rows: the permission is asked once, every row costs a mask at most.

    `Masked(user).name(customer)`, `.of(customer, "phone")`, and `.fields(customer)` for all that are shown together.
    """

    def __init__(self, user: Reader) -> None:
        self.sees_names = user.has_perm(VIEW_NAME)

    def name(self, customer: Any) -> str:
        """A restricted customer's name is masked for everybody."""
        return customer.name or "" if self.may_name(customer) else mask_field("name", customer.name)

    def may_name(self, customer: Any) -> bool:
        return self.sees_names and not getattr(customer, "restricted_at", None)

    def of(self, customer: Any, field: str) -> str:
        return self.name(customer) if field == "name" else mask_field(field, getattr(customer, field))

    def note(self, customer: Any, text: str) -> str:
        """What somebody wrote about a customer: telephone, identity and card numbers and e-mail addresses in it are
        masked, and the customer's name where the reader may not see it.
        """
        shown = masking.mask_in_text(text)
        return shown if self.may_name(customer) else masking.replace_name(shown, customer.name)

    def text(self, field: str, value: str | None) -> str:
        if field == "name" and self.sees_names:
            return value or ""
        return mask_field(field, value)

    def fields(self, customer: Any, *fields: str) -> dict[str, str]:
        return {field: self.of(customer, field) for field in fields or ("name", *PERSONAL_FIELDS)}


PERSONAL_FIELDS = ("phone", "email", "identity_number", "address")
