"""What every step of a complaint does: lock it, look who acts, write the step down, tell the complainant.

Whoever changes something of a complaint locks the complaint first, then its clocks and redress, then its ticket."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from service.models import Complaint, ComplaintEntry, Direction, TicketMessage
from service.services.messages import add_message
from staff.models import User

HANDLE, DECIDE = "service.handle_complaint", "service.decide_complaint"


def locked_complaint(actor: User | None, complaint_id: int, permission: str = HANDLE) -> Complaint:
    """Return a complaint that the actor may work on, locked; None is the company itself."""
    if actor is not None and not actor.has_perm(permission):
        raise PermissionDenied(_("Your role does not do this with complaints."))
    seen = Complaint.objects.visible_to(actor) if actor is not None else Complaint.objects.all()
    # Rows that only point at the complaint, such as a step that another's act writes down, need not wait for this.
    found = seen.select_for_update(of=("self",), no_key=True).select_related("ticket").defer("ticket__search")
    complaint = found.filter(pk=complaint_id).first()
    if complaint is None:
        raise PermissionDenied(_("This complaint is not yours to see."))
    return complaint


def hold(complaint_id: int) -> None:
    """Lock a complaint before what belongs to it is locked, whoever acts."""
    list(Complaint.objects.filter(pk=complaint_id).select_for_update(of=("self",), no_key=True).values_list("pk"))


def locked_open(actor: User | None, complaint_id: int, permission: str = HANDLE) -> Complaint:
    complaint = locked_complaint(actor, complaint_id, permission)
    if not complaint.is_open:
        raise ValidationError(_("%(complaint)s is closed.") % {"complaint": complaint})
    return complaint


def enter(complaint: Complaint, kind: str, *, by: User | None, at: datetime, text: str = "") -> ComplaintEntry:
    """Write a step down inside the caller's transaction."""
    return ComplaintEntry.objects.create(complaint=complaint, kind=kind, by=by, at=at, text=text)


def tell(
    complaint: Complaint, sentence: str | Promise, *, by: User | None, at: datetime, **words: object
) -> TicketMessage:
    """Send the complainant a text of ours in their language, as a message of the ticket on its channel."""
    with translation.override(complaint.ticket.language or "en"):
        text = str(translation.gettext(str(sentence)) if isinstance(sentence, str) else sentence) % words
    return add_message(actor=by, ticket_id=complaint.ticket_id, direction=Direction.OUT, text=text, at=at)


def wanted(text: str, field: str, sentence: str, least: int = 10) -> str:
    """Return `text` without space around it; ValidationError where it says too little."""
    said = text.strip()
    if len(said) < least:
        raise ValidationError({field: sentence})
    return said
