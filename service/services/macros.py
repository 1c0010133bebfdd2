from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import name_act
from pages.formats import day
from service.columns import Words
from service.models import Macro, Ticket
from service.rules.tags import tidy_tags
from service.rules.variables import VARIABLES, filled, unknown_variables
from service.services.changes import change_ticket
from staff.models import User


@dataclass(frozen=True)
class Preview:
    """A macro as it would go out: the words, and what becomes of the ticket."""

    text: str
    status: str
    changes: list[tuple[str, str]]


def refuse_unknown(text: str, field: str) -> None:
    """Raise ValidationError with a sentence where a text names a variable that there is none of."""
    unknown = unknown_variables(text)
    if unknown:
        said = {"unknown": ", ".join(unknown), "known": ", ".join(VARIABLES)}
        raise ValidationError({field: _("There is no variable %(unknown)s. There are: %(known)s.") % said})


@transaction.atomic
def save_macro(*, actor: User, macro: Macro) -> Macro:
    """Keep a macro whose variables all exist."""
    for field in ("text", "text_hans", "text_hant"):
        refuse_unknown(getattr(macro, field), field)
    if not (macro.text_in("en") or macro.status or macro.tags or macro.priority or macro.queue):
        raise ValidationError(_("A macro writes something or changes something."))
    name_act("service.macro.changed" if macro.pk else "service.macro.made")
    macro.tags = tidy_tags(macro.tags)
    macro.save()
    return macro


def preview(*, macro: Macro, ticket: Ticket, actor: User, today: date) -> Preview:
    """Return what a macro would write and change, in the ticket's language; nothing is kept."""
    words = Words(actor)
    language = ticket.language or settings.LANGUAGE_CODE
    with translation.override(language):
        may_name = ticket.customer is not None and words.masked.may_name(ticket.customer)
        values = {
            "customer.name": words.customer(ticket) if may_name else _("customer"),
            "customer.reference": ticket.customer.reference if ticket.customer else "",
            "ticket.reference": ticket.reference,
            "ticket.subject": words.subject(ticket),
            "agent.name": str(actor),
            "company.name": settings.COMPANY_NAME,
            "today": day(today),
        }
    return Preview(filled(macro.text_in(language), values), macro.status, _changes(macro))


def _changes(macro: Macro) -> list[tuple[str, str]]:
    found = [
        (_("Then"), macro.get_status_display() if macro.status else ""),
        (_("Priority"), macro.get_priority_display() if macro.priority else ""),
        (_("Queue"), str(macro.queue or "")),
        (_("Tags"), ", ".join(macro.tags)),
    ]
    return [(label, value) for label, value in found if value]


def apply_macro(*, actor: User, macro: Macro, ticket: Ticket, at: datetime) -> Ticket:
    """Give a ticket the priority, queue and tags of a macro, beside those tags that it has."""
    return change_ticket(
        actor=actor,
        ticket_id=ticket.pk,
        at=at,
        kind=ticket.kind,
        priority=macro.priority or ticket.priority,
        queue=macro.queue or ticket.queue,
        assignee=ticket.assignee,
        tags=[*ticket.tags, *macro.tags],
        line=ticket.line,
    )
