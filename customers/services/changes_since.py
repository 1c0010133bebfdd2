"""What became different about a customer since somebody last spoke with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db import connection
from django.db.models import Field
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from customers.models import Customer, Interaction, InteractionKind
from customers.sql import statement
from staff.models import User

MOST = 12  # changes of each source shown
SPOKEN = [InteractionKind.CALL, InteractionKind.EMAIL, InteractionKind.CHAT, InteractionKind.VISIT]
# Fields whose values every reader of the page sees, masked or not: nothing else of the log is spoken of.
FIELDS = ("name", "phone", "email", "address", "identity_number", "status", "city")
WORDS = {
    "account_opened": gettext_lazy("Account opened"),
    "account_closed": gettext_lazy("Account closed"),
    "taken_up": gettext_lazy("Product taken up"),
    "disbursed": gettext_lazy("Loan disbursed"),
}


@dataclass(frozen=True)
class Change:
    """One thing that is different, and since which day."""

    day: date
    title: str | Promise
    text: str = ""


def last_contact(customer: Customer, user: User) -> Interaction | None:
    """Return when `user` last spoke with the customer, else when anybody did: one query. Notes are no contact."""
    spoken = customer.interactions.filter(kind__in=SPOKEN).order_by("-at", "-id")
    mine, anybodys = spoken.filter(author=user)[:1], spoken[:1]
    found = {contact.author_id == user.pk: contact for contact in mine.union(anybodys)}
    return found.get(True) or found.get(False)


def changes_since(customer: Customer, *, reader: User, since: datetime, now: datetime) -> list[Change]:
    """Return what changed from `since` to `now` that the reader may see, newest first: at most three queries."""
    changes = [*_business(customer, reader, since, now), *_fields(customer, since)]
    if reader.has_perm("customers.view_consent"):
        changes += _consents(customer, since, now)
    return sorted(changes, key=lambda change: change.day, reverse=True)


def _business(customer: Customer, reader: User, since: datetime, now: datetime) -> list[Change]:
    asked: dict[str, Any] = {
        "customer": customer.pk,
        "day": timezone.localdate(since),
        "today": timezone.localdate(now),
        "lines": list(reader.business_lines) or None,
        "limit": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("changed_since"), asked)
        return [Change(day, WORDS[what], title) for day, what, title in cursor.fetchall()]


def _fields(customer: Customer, since: datetime) -> list[Change]:
    """Each field once, at its newest change: what the values were stays in the log."""
    events = (
        Event.objects.of_record("customers_customer", customer.pk).touching(FIELDS).filter(kind="update", at__gt=since)
    )
    newest: dict[str, date] = {}
    for at, changed in events.order_by("-at", "-id").values_list("at", "changed")[:MOST]:
        for field in set(changed) & set(FIELDS):
            newest.setdefault(field, timezone.localdate(at))
    return [Change(day, _("%(field)s changed") % {"field": _label(field)}) for field, day in newest.items()]


def _label(field: str) -> str:
    label = str(cast("Field[Any, Any]", Customer._meta.get_field(field)).verbose_name)
    return label[:1].upper() + label[1:]


def _consents(customer: Customer, since: datetime, now: datetime) -> list[Change]:
    rows = customer.consents.filter(at__gt=since, at__lte=now).order_by("-at", "-id")[:MOST]
    return [
        Change(
            timezone.localdate(row.at),
            _("Consent given") if row.given else _("Consent withdrawn"),
            f"{row.get_purpose_display()}, {row.get_channel_display()}",
        )
        for row in rows
    ]
