"""One line through everything that happened with a customer: contacts, accounts, loans, holdings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.masking import Masked
from customers.models import Account, Customer, InteractionKind
from customers.panels import moments_of
from staff.models import User

ICONS: dict[str, str] = {
    InteractionKind.CALL: "phone",
    InteractionKind.EMAIL: "mail",
    InteractionKind.CHAT: "message",
    InteractionKind.VISIT: "building",
    InteractionKind.COMPLAINT: "alert-triangle",
    InteractionKind.CAMPAIGN: "speakerphone",
    InteractionKind.NOTE: "lock",
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
    url: str = ""
    day: date | None = None  # where no time of day is known


def timeline_of(customer: Customer, *, reader: User, kind: str = "", limit: int = 100) -> list[Moment]:
    """Return the newest moments of a customer that `reader` may see, newest first.

    `kind` narrows them to `contact` or `business`.

    Four queries whatever the customer has, and those that registered moments state."""
    moments: list[Moment] = []
    if kind != "business":
        moments += _contacts(customer, reader, limit)
    if kind != "contact":
        moments += [
            *_accounts(customer, reader, limit),
            *_holdings(customer, reader, limit),
            *_loans(customer, reader, limit),
        ]
        moments.append(of_day(customer.joined_on, "flag", _("Became a customer")))
    moments += moments_of(customer, reader, kind, limit)
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:limit]


def _contacts(customer: Customer, reader: User, limit: int) -> list[Moment]:
    masked = Masked(reader)
    rows = customer.interactions.select_related("author").order_by("-at", "-id")[:limit]
    return [
        Moment(
            row.at,
            "contact",
            ICONS.get(row.kind, "message"),
            f"{row.get_kind_display()}: {masked.note(customer, row.title)}",
            masked.note(customer, row.text),
            str(row.author or ""),
            row.internal or row.kind == InteractionKind.NOTE,
            "red" if row.kind == InteractionKind.COMPLAINT else "",
        )
        for row in rows
    ]


def _accounts(customer: Customer, reader: User, limit: int) -> list[Moment]:
    rows = customer.accounts.visible_to(reader).select_related("product").order_by("-opened_on", "-id")[:limit]
    opened = [
        of_day(row.opened_on, "wallet", _("Account opened"), str(row.product), url=_account_url(customer, row))
        for row in rows
    ]
    closed = [
        of_day(row.closed_on, "wallet", _("Account closed"), str(row.product), url=_account_url(customer, row))
        for row in rows
        if row.closed_on
    ]
    return opened + closed


def _holdings(customer: Customer, reader: User, limit: int) -> list[Moment]:
    rows = customer.holdings.visible_to(reader).select_related("product").order_by("-opened_on", "-id")[:limit]
    return [of_day(row.opened_on, "briefcase", _("Product taken up"), str(row.product), tone="green") for row in rows]


def _loans(customer: Customer, reader: User, limit: int) -> list[Moment]:
    rows = customer.loans.visible_to(reader).select_related("product").order_by("-disbursed_on", "-id")[:limit]
    return [
        of_day(
            row.disbursed_on,
            "cash",
            _("Loan disbursed"),
            str(row.product),
            url=f"/customers/{customer.reference}/loans/{row.pk}/",
        )
        for row in rows
    ]


def _account_url(customer: Customer, account: Account) -> str:
    return f"/customers/{customer.reference}/accounts/{account.pk}/"


def of_day(day: date, icon: str, title: str | Promise, text: str = "", **more: str) -> Moment:
    """A date stands among moments at noon of the company's day, and is shown without a time."""
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(settings.TIME_ZONE))
    return Moment(noon, "business", icon, title, text, day=day, **more)  # type: ignore[arg-type]
