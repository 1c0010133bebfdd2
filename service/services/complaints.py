"""Complaints: received, acknowledged, decided with a written reply, withdrawn, reviewed, brought by several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.services import name_act
from customers.models import Customer
from products.models import ProductVersion
from service.models import (
    Complaint,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintParty,
    ComplaintState,
    ComplaintStep,
    ComplaintSubject,
    EntryOfComplaint,
    ProcessStep,
    RootCause,
    Ticket,
    TicketKind,
    TicketStatus,
)
from service.services.complaint_clocks import (
    DECISIONS,
    decision_clock,
    end_clocks,
    end_of_rule,
    law_of,
    rule_for,
    rule_or_refusal,
    settle_due,
    start_clock,
)
from service.services.complaint_conflicts import free_handlers, keep_free
from service.services.complaint_entries import DECIDE, enter, locked_complaint, locked_open, tell, wanted
from service.services.tickets import locked, open_ticket, set_status
from staff.models import User

ACKNOWLEDGED = gettext_noop(
    "We have received your complaint on %(received)s and keep it under number %(number)s. You have our decision in writing "
    "by %(due)s at the latest. We ask you for nothing that we already hold."
)
ACKNOWLEDGED_OPEN = gettext_noop(
    "We have received your complaint on %(received)s and keep it under number %(number)s. You have our decision in writing "
    "as soon as we can. We ask you for nothing that we already hold."
)
LATER = gettext_noop(
    "Your complaint %(number)s needs more time than we had thought: %(reason)s You have our decision in writing by %(due)s "
    "at the latest."
)
REVIEW_UNTIL = gettext_noop("If you do not agree, you may ask for a review until %(until)s.")
WITHDRAWN = gettext_noop(
    "You have withdrawn your complaint %(number)s; we have closed it today. You may complain again."
)


@transaction.atomic
def receive_complaint(
    *,
    actor: User | None,
    ticket_id: int,
    kind: str,
    received_on: date,
    at: datetime,
    about_ticket: Ticket | None = None,
    version: ProductVersion | None = None,
    subjects: Sequence[User] = (),
    reviews: Complaint | None = None,
) -> Complaint:
    """Make a ticket a complaint: its clocks start with the day of receipt, and it goes to a handler without interest."""
    if actor is not None and not actor.has_perm("service.add_complaint"):
        raise PermissionDenied(_("Your role does not take complaints."))
    ticket = locked(ticket_id)
    _check(ticket, kind, received_on, timezone.localdate(at))
    name_act("service.complaint.received", reason=ticket.reference)
    if ticket.kind != TicketKind.COMPLAINT:
        ticket.kind = TicketKind.COMPLAINT
        ticket.save(update_fields=["kind"])
    complaint = Complaint.objects.create(
        ticket=ticket, kind=kind, jurisdiction=_law(ticket), received_on=received_on, about_ticket=about_ticket,
        version=version or (ticket.product.version if ticket.product else None), reviews=reviews,
        recorded_by=actor, recorded_at=at,
    )  # fmt: skip
    ComplaintSubject.objects.bulk_create(ComplaintSubject(complaint=complaint, user=one) for one in set(subjects))
    enter(complaint, EntryOfComplaint.RECEIVED, by=actor, at=at)
    decision = ComplaintStep.REVIEW_DECISION if reviews else ComplaintStep.DECISION
    for step in (ComplaintStep.ACKNOWLEDGEMENT, ComplaintStep.SUMMARY, decision):
        start_clock(complaint, step, received_on)
    settle_due(complaint)
    _find_handler(complaint, at)
    return complaint


def _check(ticket: Ticket, kind: str, received_on: date, today: date) -> None:
    if kind not in ComplaintKind:
        raise ValidationError({"kind": _("Choose what the complaint is about.")})
    if received_on > today:
        raise ValidationError({"received_on": _("A complaint that has not come yet is not recorded.")})
    if Complaint.objects.filter(ticket=ticket).exists():
        raise ValidationError(_("%(ticket)s is a complaint already.") % {"ticket": ticket})


def _law(ticket: Ticket) -> str:
    """The product's law, else the customer's, else the company's."""
    if ticket.product:
        return ticket.product.jurisdiction
    return law_of(ticket.customer.jurisdiction if ticket.customer else "")


def _find_handler(complaint: Complaint, at: datetime) -> None:
    """Keep a handler without interest, else choose one."""
    ticket = complaint.ticket
    if ticket.assignee_id:
        keep_free(ticket, at)
        return
    others = free_handlers(complaint)
    if others:
        ticket.assignee, ticket.status = others[0], TicketStatus.OPEN
        ticket.save(update_fields=["assignee", "status"])


@transaction.atomic
def open_complaint(
    *,
    actor: User,
    customer: Customer,
    channel: str,
    subject: str,
    kind: str,
    received_on: date,
    at: datetime,
    product: Any = None,
    **more: Any,
) -> Complaint:
    """Open a ticket of a customer and make it a complaint, in one go."""
    ticket = open_ticket(
        actor=actor, channel=channel, subject=subject, at=at, kind=TicketKind.COMPLAINT, customer=customer,
        product=product, priority=2,
    )  # fmt: skip
    return receive_complaint(actor=actor, ticket_id=ticket.pk, kind=kind, received_on=received_on, at=at, **more)


@transaction.atomic
def acknowledge(*, actor: User | None, complaint_id: int, at: datetime) -> Complaint:
    """Tell the complainant, once and in their language, that it came, its number, and by when it is decided."""
    complaint = locked_open(actor, complaint_id)
    if complaint.acknowledged_at:
        raise ValidationError(_("%(complaint)s was acknowledged before.") % {"complaint": complaint})
    name_act("service.complaint.acknowledged", reason=str(complaint))
    clock = decision_clock(complaint)
    words = {"received": complaint.received_on.isoformat(), "number": complaint.ticket.reference}
    if clock:
        tell(complaint, ACKNOWLEDGED, by=actor, at=at, due=clock.due_on.isoformat(), **words)
    else:
        tell(complaint, ACKNOWLEDGED_OPEN, by=actor, at=at, **words)
    complaint.acknowledged_at = at
    complaint.save(update_fields=["acknowledged_at"])
    enter(complaint, EntryOfComplaint.ACKNOWLEDGED, by=actor, at=at)
    end_clocks(complaint, ComplaintStep.ACKNOWLEDGEMENT, on=timezone.localdate(at))
    return complaint


@transaction.atomic
def find_complex(*, actor: User, complaint_id: int, reason: str, at: datetime) -> Complaint:
    """Give a complaint the longer term of complex ones, where the law has one, while the first still runs; the reason is
    what the complainant is told."""
    complaint = locked_open(actor, complaint_id, DECIDE)
    said = wanted(reason, "reason", _("Write what the complainant is told about why it takes longer."))
    clock, today = decision_clock(complaint), timezone.localdate(at)
    if complaint.is_complex or clock is None or clock.step != ComplaintStep.DECISION:
        raise ValidationError(_("This complaint has no longer term: only a first decision that still runs has one."))
    if today > clock.due_on:
        raise ValidationError(_("The deadline has passed: it can be extended only while it runs."))
    rule_or_refusal(complaint, ComplaintStep.DECISION_COMPLEX, complaint.received_on)
    name_act("service.complaint.found_complex", reason=str(complaint))
    complaint.is_complex = True
    complaint.save(update_fields=["is_complex"])
    clock.ended_on = today
    clock.save(update_fields=["ended_on"])
    longer = start_clock(complaint, ComplaintStep.DECISION_COMPLEX, complaint.received_on)
    assert longer is not None
    due, number = longer.due_on.isoformat(), complaint.ticket.reference
    tell(complaint, LATER, by=actor, at=at, number=number, due=due, reason=said)
    enter(complaint, EntryOfComplaint.COMPLEX, by=actor, at=at, text=said)
    settle_due(complaint)
    return complaint


@transaction.atomic
def set_cause(
    *,
    actor: User,
    complaint_id: int,
    cause: str,
    step: ProcessStep,
    version: ProductVersion | None,
    at: datetime,
    note: str = "",
) -> Complaint:
    """Say why it came to the complaint: the cause, the step of work, and the version of the product it was under."""
    complaint = locked_complaint(actor, complaint_id)
    if cause not in RootCause:
        raise ValidationError({"cause": _("Choose the root cause.")})
    product = complaint.ticket.product
    if version and product and version.product_id != product.pk:
        raise ValidationError(
            {"version": _("%(version)s is not a version of %(product)s.") % {"version": version, "product": product}}
        )
    name_act("service.complaint.cause_found", reason=str(complaint))
    complaint.cause, complaint.step, complaint.version = cause, step, version
    complaint.save(update_fields=["cause", "step", "version"])
    enter(complaint, EntryOfComplaint.CAUSE, by=actor, at=at, text=note.strip())
    return complaint


@transaction.atomic
def decide_complaint(*, actor: User, complaint_id: int, outcome: str, reply: str, at: datetime) -> Complaint:
    """Decide with a written reply to the complainant, who is told until when they may ask for a review."""
    complaint = locked_open(actor, complaint_id, DECIDE)
    if outcome not in (ComplaintOutcome.UPHELD, ComplaintOutcome.PARTLY, ComplaintOutcome.REJECTED):
        raise ValidationError({"outcome": _("Choose the outcome.")})
    text = wanted(reply, "reply", _("Write the reply to the complainant: what was found, and why."))
    if not complaint.cause or complaint.step is None:
        raise ValidationError(_("Say first why it came to the complaint: its cause and the step of work."))
    if complaint.redresses.filter(state="proposed").exists():
        raise ValidationError(_("A redress waits to be granted: grant or refuse it first."))
    name_act("service.complaint.decided", reason=str(complaint))
    today = timezone.localdate(at)
    until = _review_until(complaint, today)
    message = tell(complaint, "%(text)s%(review)s", by=actor, at=at, text=text, review=_offer(complaint, until))
    complaint.state, complaint.outcome, complaint.reply = ComplaintState.DECIDED, outcome, message
    complaint.decided_at, complaint.decided_by = at, actor
    complaint.save(update_fields=["state", "outcome", "reply", "decided_at", "decided_by"])
    enter(complaint, EntryOfComplaint.DECIDED, by=actor, at=at, text=str(complaint.get_outcome_display()))
    end_clocks(complaint, ComplaintStep.ACKNOWLEDGEMENT, ComplaintStep.SUMMARY, *DECISIONS, on=today)
    set_status(actor=actor, ticket_id=complaint.ticket_id, status=TicketStatus.RESOLVED, at=at)
    return complaint


def _review_until(complaint: Complaint, day: date) -> date | None:
    rule = rule_for(complaint, ComplaintStep.REVIEW_REQUEST, day)
    return end_of_rule(rule, day, complaint.jurisdiction).due if rule and not complaint.reviews_id else None


def _offer(complaint: Complaint, until: date | None) -> str:
    if until is None:
        return ""
    with translation.override(complaint.ticket.language or "en"):
        return "\n\n" + translation.gettext(REVIEW_UNTIL) % {"until": until.isoformat()}


@transaction.atomic
def withdraw_complaint(*, actor: User, complaint_id: int, reason: str, at: datetime) -> Complaint:
    """Close a complaint that the complainant takes back; all its clocks end the same day."""
    complaint = locked_open(actor, complaint_id)
    said = wanted(reason, "reason", _("Write what the complainant said."))
    name_act("service.complaint.withdrawn", reason=str(complaint))
    today = timezone.localdate(at)
    complaint.state, complaint.outcome = ComplaintState.WITHDRAWN, ComplaintOutcome.WITHDRAWN
    complaint.withdrawn_on = today
    complaint.save(update_fields=["state", "outcome", "withdrawn_on"])
    complaint.redresses.filter(state="proposed").update(state="refused")
    enter(complaint, EntryOfComplaint.WITHDRAWN, by=actor, at=at, text=said)
    tell(complaint, WITHDRAWN, by=actor, at=at, number=complaint.ticket.reference)
    end_clocks(complaint, ComplaintStep.ACKNOWLEDGEMENT, ComplaintStep.SUMMARY, *DECISIONS, on=today)
    set_status(actor=actor, ticket_id=complaint.ticket_id, status=TicketStatus.CLOSED, at=at)
    return complaint


@transaction.atomic
def ask_for_review(*, actor: User, complaint_id: int, reason: str, asked_on: date, at: datetime) -> Complaint:
    """Open the review of a decision that the complainant does not accept, with other people than before; refused after the
    days that the law gives, and where it gives none: then it is a new complaint."""
    earlier = locked_complaint(actor, complaint_id)
    said = wanted(reason, "reason", _("Write what the complainant does not agree with."))
    until = review_until(earlier)
    if until is None:
        raise ValidationError(
            _("Only a decision under a law with reviews is reviewed: record a new complaint instead.")
        )
    if asked_on > until:
        raise ValidationError(
            _("A review could be asked for until %(day)s: record a new complaint instead.") % {"day": until}
        )
    if Complaint.objects.filter(reviews=earlier).exists():
        raise ValidationError(_("A review of %(complaint)s was asked for before.") % {"complaint": earlier})
    old = earlier.ticket
    ticket = open_ticket(
        actor=actor, channel=old.channel, subject=_("Review: %(subject)s") % {"subject": old.subject}, at=at,
        kind=TicketKind.COMPLAINT, customer=old.customer, product=old.product, line=old.line, language=old.language,
        priority=2,
    )  # fmt: skip
    review = receive_complaint(
        actor=actor, ticket_id=ticket.pk, kind=earlier.kind, received_on=asked_on, at=at, reviews=earlier,
        version=earlier.version, subjects=[one.user for one in earlier.subjects.select_related("user")],
    )  # fmt: skip
    enter(earlier, EntryOfComplaint.REVIEW, by=actor, at=at, text=said)
    enter(review, EntryOfComplaint.REVIEW, by=actor, at=at, text=said)
    return review


def review_until(complaint: Complaint) -> date | None:
    """The last day on which the complainant may ask for a review; None where there is none to ask for."""
    if complaint.state != ComplaintState.DECIDED or complaint.decided_at is None:
        return None
    return _review_until(complaint, timezone.localdate(complaint.decided_at))


@transaction.atomic
def join_complaint(
    *, actor: User, complaint_id: int, customer: Customer, is_representative: bool, at: datetime
) -> ComplaintParty:
    """Add a complainant to a joint complaint; so many represent the others as the law allows, the first among them."""
    complaint = locked_open(actor, complaint_id)
    if customer.pk == complaint.ticket.customer_id:
        raise ValidationError({"customer": _("This customer has joined already.")})
    if complaint.parties.filter(customer=customer).exists():
        raise ValidationError({"customer": _("This customer has joined already.")})
    most = rule_for(complaint, ComplaintStep.REPRESENTATIVES, complaint.received_on)
    several = 1 + complaint.parties.filter(is_representative=True).count()
    if is_representative and several >= (most.value if most else 1):
        raise ValidationError(
            {"is_representative": _("No more than %(n)d may represent the others.") % {"n": most.value if most else 1}}
        )
    name_act("service.complaint.joined", reason=str(complaint))
    party = ComplaintParty.objects.create(
        complaint=complaint, customer=customer, is_representative=is_representative,
        joined_on=timezone.localdate(at),
    )  # fmt: skip
    enter(complaint, EntryOfComplaint.JOINED, by=actor, at=at, text=customer.reference)
    return party
