"""What texts may say of a customer: a declared list, fetched for a whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Portrait
from customers.rules.masking import mask_name
from pages.formats import money

VARIABLES: dict[str, str | Promise] = {
    "name": _("Name"),
    "salutation": _("Salutation"),
    "city": _("City"),
    "customer_no": _("Customer no."),
    "since": _("Customer since, year"),
    "balance": _("Balance"),
    "company": _("Name of the company"),
    "offer_code": _("Code of the offer"),
    "unsubscribe_url": _("Address to unsubscribe"),
}
FROM_ELSEWHERE = {"offer_code", "unsubscribe_url"}
Say = Callable[[Customer], str]


def samples() -> dict[str, str]:
    """What stands in the place of variables where a message is shown as nobody's."""
    return {
        "name": _now("Sample customer"), "salutation": _now("Dear customer"), "city": _now("Sample town"),
        "customer_no": "C0000000", "since": "2024", "balance": "12,345.60 CNY", "company": settings.COMPANY_NAME,
        "offer_code": "MERI-DIAN-0000", "unsubscribe_url": f"{settings.SITE_URL}/unsubscribe",
    }  # fmt: skip


def values_of(customer_ids: Sequence[int], names: Iterable[str], *, masked: bool = False) -> dict[int, dict[str, str]]:
    """Return the values of variables for customers, by their ids: one query, and one more where a figure is asked for.
    `masked` hides what a preview must not show."""
    wanted = [name for name in names if name in SAYS]
    found = Customer.objects.filter(pk__in=customer_ids).only(
        "pk", "name", "kind", "sex", "city", "reference", "joined_on", "language", "currency"
    )
    values = {one.pk: {name: SAYS[name](one) for name in wanted} for one in found}
    if masked and "name" in wanted:
        for one in found:
            values[one.pk]["name"] = mask_name(one.name)
    if "balance" in names:
        for portrait in Portrait.objects.filter(customer__in=customer_ids).only("customer", "balance", "currency"):
            if portrait.customer_id in values:
                shown = "•••" if masked else money(portrait.balance, portrait.currency)
                values[portrait.customer_id]["balance"] = shown
    return values


def _salutation(customer: Customer) -> str:
    with translation.override(customer.language or settings.LANGUAGE_CODE):
        if customer.kind == "business":
            return _now("Dear Sir or Madam")
        said = {"female": _now("Dear Ms"), "male": _now("Dear Mr")}
        return said.get(customer.sex, _now("Dear customer"))


SAYS: dict[str, Say] = {
    "name": lambda customer: customer.name,
    "salutation": _salutation,
    "city": lambda customer: customer.city,
    "customer_no": lambda customer: customer.reference,
    "since": lambda customer: str(customer.joined_on.year),
    "company": lambda customer: settings.COMPANY_NAME,
}
