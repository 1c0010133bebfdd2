"""What campaigns sent to a customer: in the package of their data, and at erasure. What was said stays as a hash."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.merging import MADE_AGAIN, MOVES, STAYS, Part, register_part
from customers.models import Customer
from customers.personal_data import Emptied, Kept, register_kept
from marketing.models import InboxMessage, Recipient

REFRESHED = "The next refresh puts the customer that stays in the place of the number that leads to it."
STAY = "Rows only ever come; they are found under every number that a customer has."


def register() -> None:
    register_kept(Kept("campaigns", _("Campaigns"), campaigns_told, lambda customer: ()))
    register_kept(Kept("inbox", _("Messages in the app"), inbox_told, inbox_emptied))
    for model in ("Recipient", "Delivery", "Send", "Response"):
        register_part(Part(f"marketing.{model}", "customer", STAYS, why=STAY))
    register_part(Part("marketing.InboxMessage", "customer", MOVES))
    register_part(Part("marketing.SegmentMember", "customer", MADE_AGAIN, why=REFRESHED))


def campaigns_told(customer: Customer) -> list[dict[str, Any]]:
    """Every campaign that somebody was in, whether they were written to, and what came back."""
    rows = Recipient.objects.filter(customer__in=customer.numbers).order_by("id")
    return list(
        rows.values("campaign__reference", "campaign__name", "at", "exclusion", "is_held", "delivery__state",
                    "delivery__settled_at")
    )  # fmt: skip


def inbox_told(customer: Customer) -> list[dict[str, Any]]:
    rows = InboxMessage.objects.filter(customer=customer).order_by("id")
    return list(rows.values("at", "subject", "text", "language", "read_at"))


def inbox_emptied(customer: Customer) -> Iterable[Emptied]:
    yield InboxMessage.objects.filter(customer=customer), {"subject": "", "text": "–"}
