"""To which ticket a mail belongs, and whether its sender belongs to it too."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from customers.encryption import email_index, search_indexes
from customers.models import Customer
from customers.rules.contacts import normalise_email
from service.models import Mail, Mailbox, MailKind, Ticket
from service.rules.letters import Letter
from service.rules.reply_tokens import tickets_named

FURTHEST = 20  # merged tickets that are followed
NOT_PROVEN = re.compile(r"\bdmarc=(fail|temperror|permerror)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Thread:
    """The ticket that a mail answers; `is_signed` where it carries our signature for it."""

    ticket: Ticket
    is_signed: bool = False


def thread_of(letter: Letter) -> Thread | None:
    """Return the ticket of the mails that a letter answers, else the one whose signed number it carries.

    A bare number is a claim that anybody can make: it leads somewhere only where the sender is known there."""
    by_number = _by_references(letter.refers_to)
    if by_number:
        return Thread(by_number)
    for reference, is_signed in tickets_named(letter.subject, letter.receivers, settings.SECRET_KEY):
        ticket = _last_of(Ticket.objects.filter(reference=reference).first())
        if ticket and (is_signed or knows(ticket, letter.sender)):
            return Thread(ticket, is_signed)
    return None


def _by_references(refers_to: list[str]) -> Ticket | None:
    """The nearest of the answered mails that has a ticket decides."""
    found = dict(
        Mail.objects.numbered(refers_to).filter(ticket__isnull=False).order_by("id").values_list("number", "ticket")
    )
    nearest = next((found[one] for one in reversed(refers_to) if one in found), None)
    return _last_of(Ticket.objects.filter(pk=nearest).first()) if nearest else None


def _last_of(ticket: Ticket | None) -> Ticket | None:
    """Follow merged tickets to where they went."""
    for _step in range(FURTHEST):
        if ticket is None or ticket.merged_into is None:
            return ticket
        ticket = ticket.merged_into
    return None


def knows(ticket: Ticket, sender: str) -> bool:
    """Whether an address is the customer's, the ticket's contact, or one that we wrote to or heard from in it."""
    if not sender:
        return False
    form = normalise_email(sender)
    known = {normalise_email(one) for one in (ticket.contact, ticket.customer.email if ticket.customer else "") if one}
    return (
        form in known
        or Mail.objects.of_peer(sender)
        .filter(ticket=ticket, kind__in=[MailKind.PERSON, MailKind.ANSWER, MailKind.RECEIPT])
        .exists()
    )


def is_proven(letter: Letter, mailbox: Mailbox) -> bool:
    """Whether the server that the mailbox trusts did not find the sender forged. Where none is named, nothing is known
    and nothing is held against anybody."""
    if not mailbox.authentication_host:
        return True
    first = letter.header("authentication-results")
    said_by = first.split(";")[0].split()[0].lower() if first.split(";")[0].split() else ""
    return said_by == mailbox.authentication_host.lower() and not NOT_PROVEN.search(first)


def customer_of(address: str) -> Customer | None:
    """Return the one customer of an address; several who share it are nobody, as a person must choose."""
    indexes = search_indexes(email_index, address)
    found = list(Customer.objects.filter(email_index__in=indexes, erased_at__isnull=True)[:2]) if indexes else []
    return found[0] if len(found) == 1 else None
