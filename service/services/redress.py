"""Redress: proposed, granted by one person up to the limit and by two above it, paid."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer
from pages.formats import money
from service.models import (
    Complaint,
    ComplaintRedress,
    ComplaintState,
    ComplaintStep,
    EntryOfComplaint,
    RedressKind,
    RedressState,
)
from service.services.complaint_clocks import end_of_rule, rule_for
from service.services.complaint_entries import DECIDE, enter, locked_complaint, wanted
from staff.models import ChangeRequest, User
from staff.services.changes import propose

GRANT = "service.complaint.redress"
MONEY = (RedressKind.REFUND, RedressKind.COMPENSATION)
LARGEST = Decimal(10) ** 15


@transaction.atomic
def propose_redress(
    *,
    actor: User,
    complaint_id: int,
    kind: str,
    reason: str,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
    customer: Customer | None = None,
) -> tuple[ComplaintRedress, ChangeRequest | None]:
    """Propose a redress to a complainant; within the limit it is granted at once, above it an approval is asked for."""
    complaint = locked_complaint(actor, complaint_id, DECIDE)
    said = wanted(reason, "reason", _("Say what the redress is for."))
    amount = _checked(complaint, kind, amount, currency)
    customer = _complainant(complaint, customer)
    name_act("service.redress.proposed", reason=str(complaint))
    redress = ComplaintRedress.objects.create(
        complaint=complaint, customer=customer, kind=kind, amount=amount, currency=currency if amount else "",
        reason=said, proposed_by=actor, proposed_at=at,
    )  # fmt: skip
    if needs_two(redress):
        arguments = {"redress_id": redress.pk, "amount": str(redress.amount), "currency": redress.currency}
        why = _("Redress of %(complaint)s") % {"complaint": complaint}
        return redress, propose(actor=actor, command=GRANT, arguments=arguments, reason=why, at=at)
    return grant_redress(redress, by=actor, at=at), None


def _checked(complaint: Complaint, kind: str, amount: Decimal | None, currency: str) -> Decimal | None:
    if kind not in RedressKind:
        raise ValidationError({"kind": _("Choose the kind of redress.")})
    if complaint.state == ComplaintState.WITHDRAWN:
        raise ValidationError(_("%(complaint)s is closed.") % {"complaint": complaint})
    if kind not in MONEY:
        return None
    if amount is None or not amount.is_finite() or amount <= 0 or amount >= LARGEST:
        raise ValidationError({"amount": _("A refund or compensation needs an amount above zero and its currency.")})
    if amount != amount.quantize(Decimal("0.01")):
        raise ValidationError({"amount": _("An amount has two decimals at most.")})
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise ValidationError({"currency": _("Write the currency as three capital letters, such as CNY.")})
    return amount.quantize(Decimal("0.01"))


def _complainant(complaint: Complaint, customer: Customer | None) -> Customer:
    lead = complaint.ticket.customer
    chosen = customer or lead
    if chosen is None:
        raise ValidationError(_("Nobody is named as complainant: put the customer on the ticket first."))
    if chosen.pk != complaint.ticket.customer_id and not complaint.parties.filter(customer=chosen).exists():
        raise ValidationError(
            {"customer": _("This customer is no complainant of %(complaint)s.") % {"complaint": complaint}}
        )
    return chosen


def needs_two(redress: ComplaintRedress) -> bool:
    """Return whether the limit in force asks for a second person; the database asks the same function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT service_redress_needs_two(%s, %s, (%s::timestamptz AT TIME ZONE 'UTC')::date)",
            [redress.amount, redress.currency, redress.proposed_at],
        )
        return cursor.fetchone()[0]


def grant_redress(redress: ComplaintRedress, *, by: User, at: datetime) -> ComplaintRedress:
    """Grant a proposed redress inside the caller's transaction, which above the limit is that of an approval."""
    if redress.state != RedressState.PROPOSED:
        raise ValidationError(_("This redress was decided before."))
    name_act("service.redress.granted", reason=str(redress.complaint))
    today = timezone.localdate(at)
    redress.state, redress.granted_at = RedressState.GRANTED, at
    if redress.amount:
        rule = rule_for(redress.complaint, ComplaintStep.REDRESS_PAYMENT, today)
        redress.due_on = end_of_rule(rule, today, redress.complaint.jurisdiction).due if rule else None
    redress.save(update_fields=["state", "granted_at", "due_on"])
    enter(redress.complaint, EntryOfComplaint.REDRESS, by=by, at=at, text=_said(redress))
    return redress


def _said(redress: ComplaintRedress) -> str:
    worth = f" {money(redress.amount, redress.currency)}" if redress.amount else ""
    return f"{redress.get_kind_display()}{worth}: {redress.get_state_display()}"


@transaction.atomic
def refuse_redress(*, actor: User, redress_id: int, reason: str, at: datetime) -> ComplaintRedress:
    """Refuse a proposed redress, for a reason that stays in the complaint's life."""
    redress = _locked(actor, redress_id)
    said = wanted(reason, "reason", _("Say why the redress is refused."))
    if redress.state != RedressState.PROPOSED:
        raise ValidationError(_("This redress was decided before."))
    name_act("service.redress.refused", reason=str(redress.complaint))
    redress.state = RedressState.REFUSED
    redress.save(update_fields=["state"])
    enter(redress.complaint, EntryOfComplaint.REDRESS, by=actor, at=at, text=f"{_said(redress)}. {said}")
    return redress


@transaction.atomic
def pay_redress(*, actor: User, redress_id: int, paid_on: date, payment: str, at: datetime) -> ComplaintRedress:
    """Record that a granted redress was paid, or done where it is no money, once."""
    redress = _locked(actor, redress_id)
    if redress.state != RedressState.GRANTED:
        raise ValidationError(_("Only a granted redress is paid, and once."))
    if paid_on > timezone.localdate(at):
        raise ValidationError({"paid_on": _("A payment that has not been made yet is not recorded.")})
    if redress.amount and not payment.strip():
        raise ValidationError({"payment": _("Write the number of the payment.")})
    name_act("service.redress.paid", reason=str(redress.complaint))
    redress.state, redress.paid_on, redress.payment = RedressState.PAID, paid_on, payment.strip()[:80]
    redress.save(update_fields=["state", "paid_on", "payment"])
    enter(redress.complaint, EntryOfComplaint.REDRESS, by=actor, at=at, text=_said(redress))
    return redress


def _locked(actor: User, redress_id: int) -> ComplaintRedress:
    complaint_id = ComplaintRedress.objects.values_list("complaint_id", flat=True).get(pk=redress_id)
    complaint = locked_complaint(actor, complaint_id, DECIDE)
    redress = ComplaintRedress.objects.select_for_update(of=("self",)).get(pk=redress_id)
    redress.complaint = complaint
    return redress
