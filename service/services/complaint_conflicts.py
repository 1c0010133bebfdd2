"""Nobody handles a complaint that concerns them: who has an interest, and to whom the complaint goes instead."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from service.models import Complaint, ComplaintSubject, EntryOfComplaint, Ticket, TicketKind, TicketStatus
from service.services.complaint_clocks import in_scope, leads_of
from service.services.complaint_entries import HANDLE, enter, locked_open
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

REASONS = {
    "subject": gettext_lazy("The complaint is about them."),
    "ticket": gettext_lazy("They answered the ticket that the complaint is about."),
    "reviewed": gettext_lazy("They handled the complaint that is to be reviewed."),
    "product": gettext_lazy("They sold the product or answer for it."),
}


def conflict_of(complaint: Complaint, person: User) -> str:
    """Return why a person may not handle a complaint, as a code of `REASONS`; empty where nothing speaks against it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT service_conflict_of(%s, %s)", [complaint.pk, person.pk])
        return cursor.fetchone()[0] or ""


def free_handlers(complaint: Complaint) -> list[User]:
    """Those who may handle the complaint and have no interest in it, whoever has the fewest open ones first."""
    ranks = Q(tickets__complaint__state="open")
    people = holders_of(HANDLE).annotate(load=Count("tickets__complaint", filter=ranks, distinct=True))
    return [
        one for one in people.order_by("load", "pk") if in_scope(one, complaint) and not conflict_of(complaint, one)
    ]


@transaction.atomic
def name_subject(*, actor: User, complaint_id: int, user: User, at: datetime) -> Complaint:
    """Say whom a complaint is about; where they handle it, it goes to somebody else at once."""
    complaint = locked_open(actor, complaint_id)
    if user.pk == actor.pk:
        raise ValidationError({"user": _("You cannot name yourself and go on: ask your lead to name you.")})
    name_act("service.complaint.subject_named", reason=str(complaint))
    ComplaintSubject.objects.get_or_create(complaint=complaint, user=user)
    keep_free(complaint.ticket, at)
    return complaint


@transaction.atomic
def hand_over(*, actor: User, complaint_id: int, handler: User, at: datetime) -> Complaint:
    """Give a complaint to somebody who may handle it and has no interest in it."""
    complaint = locked_open(actor, complaint_id)
    if not handler.is_active or not handler.has_perm(HANDLE) or not in_scope(handler, complaint):
        raise ValidationError({"handler": _("%(person)s may not handle this complaint.") % {"person": handler}})
    if why := conflict_of(complaint, handler):
        raise ValidationError(
            {
                "handler": _("%(person)s has an interest in this complaint: %(why)s")
                % {"person": handler, "why": REASONS[why]}
            }
        )
    name_act("service.complaint.handed_over", reason=str(complaint))
    _give(complaint, handler, "", by=actor, at=at)
    return complaint


def keep_free(ticket: Ticket, at: datetime) -> None:
    """Take a complaint from a handler with an interest in it, inside the transaction that gave it to them, and give it to
    whoever has none. Follows every change of a ticket."""
    if ticket.kind != TicketKind.COMPLAINT or ticket.assignee_id is None:
        return
    complaint = Complaint.objects.select_related("ticket").filter(ticket=ticket, state="open").first()
    handler = ticket.assignee
    if complaint is None or handler is None or not (why := conflict_of(complaint, handler)):
        return
    others = free_handlers(complaint)
    name_act("service.complaint.reassigned", reason=f"{ticket.reference}: {why}")
    _give(complaint, others[0] if others else None, str(REASONS[why]), by=None, at=at)
    ticket.assignee, ticket.status = complaint.ticket.assignee, complaint.ticket.status


def _give(complaint: Complaint, handler: User | None, why: str, *, by: User | None, at: datetime) -> None:
    ticket, before = complaint.ticket, complaint.ticket.assignee
    ticket.assignee = handler
    if ticket.status == TicketStatus.NEW and handler:
        ticket.status = TicketStatus.OPEN
    ticket.save(update_fields=["assignee", "status"])
    said = _("%(before)s → %(after)s") % {"before": before or "–", "after": handler or "–"}
    enter(complaint, EntryOfComplaint.REASSIGNED, by=by, at=at, text=f"{said}. {why}".strip())
    if by is None or handler is None or handler.pk != by.pk:
        _tell(complaint, [handler] if handler else leads_of(complaint), at)


def _tell(complaint: Complaint, people: list[User], at: datetime) -> None:
    reference = complaint.ticket.reference
    title = gettext_lazy("Complaint %(complaint)s is yours") if complaint.ticket.assignee_id else gettext_lazy(
        "Complaint %(complaint)s has nobody without an interest in it"
    )  # fmt: skip
    notify(
        users=people,
        kind=NotificationKind.CLOCK,
        key=f"complaint-handler:{complaint.pk}:{complaint.ticket.assignee_id}:{at.isoformat()}",
        title=lambda: str(title) % {"complaint": reference},
        url=reverse("service:complaint_detail", args=[reference]),
        at=at,
    )
