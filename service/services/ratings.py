"""One question after a concern was looked after, answered by a signed link without signing in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Ticket, TicketRating

SALT = "service.rating"
VALID = timedelta(days=30)


def rating_path(ticket: Ticket) -> str:
    """The address, without host, where the customer of this ticket answers the one question. Whoever has it may answer,
    so it goes to the customer alone: chat and mail put it at the end of what they send once a ticket is resolved."""
    return reverse("service:rate", args=[signing.dumps(ticket.pk, salt=SALT, compress=True)])


def ticket_of_token(token: str) -> Ticket | None:
    """The ticket that a link was made for, or None for a link that is not ours or too old; a merged ticket leads on."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    ticket = Ticket.objects.filter(pk=pk).select_related("assignee", "merged_into").first()
    while ticket is not None and ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


@transaction.atomic
def rate_ticket(*, ticket_id: int, rating: int, comment: str, at: datetime) -> TicketRating:
    """Keep what the customer thinks; a later answer to the same question replaces the earlier one."""
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    if not 1 <= rating <= 5:
        raise ValidationError({"rating": _("Choose one of the five.")})
    name_act("service.ticket.rated")
    kept, _made = TicketRating.objects.update_or_create(
        ticket=ticket,
        defaults={
            "agent": ticket.assignee,
            "rating": rating,
            "comment": comment.replace("\x00", "").strip(),
            "at": at,
        },
    )
    ticket.rating = rating
    ticket.save(update_fields=["rating"])
    return kept
