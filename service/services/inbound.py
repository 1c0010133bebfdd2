"""Words that come from the app and from communities, each once by its number there, whichever way and however often they
are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer
from service.models import HookReceipt, Ticket, TicketMessage
from service.outlets import Outlet, queue_of
from service.rules.chat_texts import one_line
from service.rules.letters import File
from service.services.mail_taking import keep_file
from service.services.messages import add_message
from service.services.tickets import open_ticket
from staff.models import User

LONGEST_NUMBER = 100
KINDS = ("message", "deleted")


@transaction.atomic
def take_words(
    *,
    actor: User | None,
    outlet: Outlet,
    conversation: str,
    number: str,
    text: str,
    at: datetime,
    customer: Customer | None = None,
    author: str = "",
    subject: str = "",
    language: str = "",
    files: Sequence[File] = (),
) -> TicketMessage:
    """Add a message or post to its conversation or thread, which it opens where it is the first.

    Both are known by their numbers at the source: sent again it is the message that stands there already, with the files
    that it came with."""
    _numbered(conversation=conversation, number=number)
    _one_at_a_time(outlet, conversation)
    first_line = subject or text.strip().partition("\n")[0]
    ticket = open_ticket(
        actor=actor, channel=outlet.channel, subject=one_line(first_line, 200), at=at, customer=customer,
        contact="" if customer else one_line(author, 80), queue=queue_of(outlet), language=language,
        source=outlet.code, external_id=conversation,
    )  # fmt: skip
    if customer and ticket.customer_id != customer.pk:
        raise ValidationError({"customer": _("This conversation is with somebody else.")})
    known = f"{outlet.code}:{number}"
    is_new = not TicketMessage.objects.filter(channel=outlet.channel, external_id=known).exists()
    message = add_message(
        actor=None, ticket_id=_standing(ticket).pk, direction="in", text=text, at=at, channel=outlet.channel,
        external_id=known,
    )  # fmt: skip
    for file in files if is_new else ():
        keep_file(message, file)
    return message


@transaction.atomic
def mark_deleted(*, outlet: Outlet, number: str, at: datetime) -> TicketMessage:
    """Keep that a message or post was deleted where it was written. What was answered, and why, stays with us."""
    message = TicketMessage.objects.select_for_update(of=("self",)).filter(
        channel=outlet.channel, external_id=f"{outlet.code}:{number}"
    ).first()  # fmt: skip
    if message is None:
        raise ValidationError({"id": _("No message of this number has come.")})
    if message.deleted_at is None:
        name_act("service.message.deleted_at_source")
        message.deleted_at = at
        message.save(update_fields=["deleted_at"])
    return message


@transaction.atomic
def take_hook(*, outlet: Outlet, hook: Mapping[str, Any], at: datetime) -> bool:
    """Do what a webhook says, once for each number of its sender; return whether it was new.

    Of two that come at once the second waits for the first here, and then finds that it is done."""
    number = _text(hook, "id")
    _numbered(id=number)
    name_act("service.hook.taken")
    _receipt, is_new = HookReceipt.objects.get_or_create(outlet=outlet.code, number=number, defaults={"at": at})
    if not is_new:
        return False
    kind, said = _text(hook, "type"), hook.get("data")
    if kind not in KINDS or not isinstance(said, Mapping):
        raise ValidationError({"type": _("Send one of these types: %(types)s.") % {"types": ", ".join(KINDS)}})
    if kind == "deleted":
        mark_deleted(outlet=outlet, number=_text(said, "id"), at=at)
    else:
        customer = customer_of(outlet, _text(said, "customer"))
        take_words(
            actor=None, outlet=outlet, conversation=_text(said, "conversation"), number=_text(said, "id"),
            text=_text(said, "text"), author=_text(said, "author"), subject=_text(said, "subject"), customer=customer,
            at=at,
        )  # fmt: skip
    return True


def customer_of(outlet: Outlet, number: str) -> Customer | None:
    """Return the customer of a number, ours or the source's; a number of nobody is refused, none is a stranger."""
    if not number:
        return None
    known = Customer.objects.filter(erased_at=None)
    found = known.filter(reference=number).first() or known.filter(source__code=outlet.code, external_id=number).first()
    if found is None:
        raise ValidationError({"customer": _("There is no customer of this number.")})
    return found


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    return value if isinstance(value, str) else ""


def _numbered(**numbers: str) -> None:
    for name, number in numbers.items():
        if not number.strip() or len(number) > LONGEST_NUMBER or "\x00" in number:
            raise ValidationError({name: _("Number it with 1 to %(n)d signs.") % {"n": LONGEST_NUMBER}})


def _one_at_a_time(outlet: Outlet, conversation: str) -> None:
    """Two first messages of one conversation at the same moment open one ticket."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{outlet.code}:{conversation}"])


def _standing(ticket: Ticket) -> Ticket:
    """The ticket that a merged one went into."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket
