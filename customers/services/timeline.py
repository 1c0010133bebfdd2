"""One line through everything that happened with a customer: contacts, accounts, loans, holdings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.models import Customer, InteractionKind

ICONS = {
    InteractionKind.CALL: "phone", InteractionKind.EMAIL: "mail", InteractionKind.CHAT: "message", InteractionKind.VISIT: "building",
    InteractionKind.COMPLAINT: "alert-triangle", InteractionKind.CAMPAIGN: "speakerphone", InteractionKind.NOTE: "lock",
}


@dataclass(frozen=True)
class Moment:
    """One entry: when, of which kind, what, and whether customers never see it."""

    at: datetime
    kind: str
    icon: str
    title: str | Promise
    text: str = ""
    who: str = ""
    internal: bool = False
    tone: str = ""


def timeline_of(customer: Customer, *, kind: str = "", limit: int = 100) -> list[Moment]:
    """Return the newest moments of a customer, newest first; `kind` narrows them to `contact` or `business`.

    Five queries whatever the customer has."""
    moments: list[Moment] = []
    if kind != "business":
        moments += _contacts(customer, limit)
    if kind != "contact":
        moments += [*_accounts(customer, limit), *_holdings(customer, limit), *_loans(customer, limit)]
        moments.append(Moment(_noon(customer.joined_on), "business", "flag", _("Became a customer")))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:limit]


def _contacts(customer: Customer, limit: int) -> list[Moment]:
    rows = customer.interactions.select_related("author").order_by("-at", "-id")[:limit]
    return [
        Moment(
            row.at, "contact", ICONS.get(row.kind, "message"), f"{row.get_kind_display()}: {row.title}", row.text,
            str(row.author or ""), row.internal or row.kind == InteractionKind.NOTE,
            "red" if row.kind == InteractionKind.COMPLAINT else "",
        )
        for row in rows
    ]


def _accounts(customer: Customer, limit: int) -> list[Moment]:
    rows = customer.accounts.select_related("product").order_by("-opened_on", "-id")[:limit]
    opened = [Moment(_noon(row.opened_on), "business", "wallet", _("Account opened"), str(row.product)) for row in rows]
    closed = [Moment(_noon(row.closed_on), "business", "wallet", _("Account closed"), str(row.product)) for row in rows if row.closed_on]
    return opened + closed


def _holdings(customer: Customer, limit: int) -> list[Moment]:
    rows = customer.holdings.select_related("product").order_by("-opened_on", "-id")[:limit]
    return [Moment(_noon(row.opened_on), "business", "briefcase", _("Product taken up"), str(row.product), tone="green") for row in rows]


def _loans(customer: Customer, limit: int) -> list[Moment]:
    rows = customer.loans.select_related("product").order_by("-disbursed_on", "-id")[:limit]
    return [Moment(_noon(row.disbursed_on), "business", "cash", _("Loan disbursed"), str(row.product)) for row in rows]


def _noon(day: date) -> datetime:
    """A date among moments stands at noon of the company's day."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(settings.TIME_ZONE))
