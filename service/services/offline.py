from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer
from service.models import Channel, Queue, Ticket
from service.rules.chat_texts import LONGEST_MESSAGE, LONGEST_NAME, is_client_id, one_line
from service.services.messages import add_message
from service.services.tickets import open_ticket

SOURCE = "chat window"
LONGEST_CONTACT = 120


@transaction.atomic
def leave_message(
    *,
    number: str,
    name: str,
    contact: str,
    text: str,
    language: str,
    at: datetime,
    queue: Queue | None = None,
    customer: Customer | None = None,
) -> Ticket:
    """Open a ticket for what somebody left at the chat while nobody was there, once for each number of their browser.

    Without a customer it takes a way to answer."""
    reach = one_line(contact, LONGEST_CONTACT)
    if not is_client_id(number):
        raise ValidationError({"client_id": _("Number each message with 8 to 40 letters, digits or dashes.")})
    if customer is None and len(reach) < 5:
        raise ValidationError({"contact": _("Say how we can reach you: a telephone number or an e-mail address.")})
    name_act("service.chat.left")
    ticket = open_ticket(
        actor=None, channel=Channel.CHAT, subject=one_line(text, 200), at=at, customer=customer, queue=queue,
        contact=" · ".join(filter(None, [one_line(name, LONGEST_NAME), reach])), language=language, source=SOURCE,
        external_id=number,
    )  # fmt: skip
    add_message(
        actor=None,
        ticket_id=ticket.pk,
        direction="in",
        text=text[:LONGEST_MESSAGE],
        at=at,
        external_id=f"left-{number}",
    )
    return ticket
