"""Requests of people about their own data: received, checked, worked on within the deadline, answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.services import name_act
from customers.models import (
    Customer,
    EntryKind,
    IdentityCheck,
    PrivacyRequest,
    RequestEntry,
    RequestKind,
    RequestOutcome,
    RequestState,
    RuleCode,
    ScreeningHit,
)
from customers.personal_fields import INDEXES, checked_value, write_field
from customers.services.privacy_rules import end_of_span, rule_of
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

HANDLE = "customers.handle_privacyrequest"


@transaction.atomic
def receive_request(
    *,
    actor: User,
    customer_id: int,
    kind: str,
    received_on: date,
    text: str = "",
    field: str = "",
    proposed: str = "",
    at: datetime,
) -> PrivacyRequest:
    """Record what a customer asks; the deadline follows from their jurisdiction's rule on the day it was received."""
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    if received_on > timezone.localdate(at):
        raise ValidationError({"received_on": _("A request that has not come yet is not recorded.")})
    _check_correction(customer, kind, field, proposed)
    law = customer.jurisdiction or settings.COMPANY_JURISDICTION
    code = RuleCode.CLOSURE_DEADLINE if kind == RequestKind.CLOSURE else RuleCode.REQUEST_DEADLINE
    rule = rule_of(code, law, received_on)
    name_act("customers.privacy_request.received")
    request = PrivacyRequest.objects.create(
        customer=customer,
        kind=kind,
        jurisdiction=law,
        received_on=received_on,
        text=text.strip(),
        field=field if kind == RequestKind.CORRECTION else "",
        proposed=proposed.strip() if kind == RequestKind.CORRECTION else "",
        rule=rule,
        due_on=end_of_span(rule, received_on, jurisdiction=law),
        recorded_by=actor,
        recorded_at=at,
    )
    request.refresh_from_db(fields=["reference"])
    note(request, EntryKind.RECEIVED, by=actor, at=at)
    _tell(request, _people(), gettext_noop("A customer asks about their data: %(kind)s"), at)
    return request


def _check_correction(customer: Customer, kind: str, field: str, proposed: str) -> None:
    if kind not in RequestKind:
        raise ValidationError({"kind": _("Choose what the customer asks for.")})
    if kind != RequestKind.CORRECTION:
        return
    if field not in INDEXES:
        raise ValidationError({"field": _("Choose the field that is to be corrected.")})
    try:
        checked_value(customer, field, proposed)
    except ValidationError as error:
        raise ValidationError({"proposed": error.messages}) from error


@transaction.atomic
def check_identity(*, actor: User, request_id: int, check: str, at: datetime) -> PrivacyRequest:
    """Record how it was made sure who is asking; before that nothing is given out or changed."""
    request = locked_open(actor, request_id)
    if check not in IdentityCheck:
        raise ValidationError({"check": _("Choose how you made sure who is asking.")})
    name_act("customers.privacy_request.identity_checked")
    request.identity_check, request.identity_checked_at, request.state = check, at, RequestState.WORKING
    request.owner = request.owner or actor
    request.save(update_fields=["identity_check", "identity_checked_at", "state", "owner"])
    note(request, EntryKind.IDENTITY, by=actor, at=at, text=str(request.get_identity_check_display()))
    return request


@transaction.atomic
def assign_request(*, actor: User, request_id: int, owner: User, at: datetime) -> PrivacyRequest:
    """Give an open request an owner, who is told; only somebody who may handle requests can own one."""
    request = locked_open(actor, request_id)
    if not owner.is_active or not owner.has_perm(HANDLE):
        raise ValidationError({"owner": _("%(person)s may not handle requests.") % {"person": owner}})
    name_act("customers.privacy_request.assigned")
    request.owner = owner
    request.save(update_fields=["owner"])
    note(request, EntryKind.OWNER, by=actor, at=at, text=str(owner))
    if owner.pk != actor.pk:
        _tell(request, [owner], gettext_noop("You now own a privacy request: %(kind)s"), at)
    return request


@transaction.atomic
def extend_request(*, actor: User, request_id: int, reason: str, at: datetime) -> PrivacyRequest:
    """Extend the deadline once, as the rule of the jurisdiction allows, before it has passed; the reason is what the
    person was told.
    """
    request = locked_open(actor, request_id)
    today = timezone.localdate(at)
    if request.extended_from:
        raise ValidationError(_("This deadline was extended before, and once is all that the rule allows."))
    if today > request.due_on:
        raise ValidationError(_("The deadline has passed: it can be extended only while it runs."))
    if len(reason.strip()) < 10:
        raise ValidationError({"reason": _("Write what the person was told about why it takes longer.")})
    rule = rule_of(RuleCode.REQUEST_EXTENSION, request.jurisdiction, request.received_on)
    name_act("customers.privacy_request.extended", reason=request.reference)
    request.extended_from = request.due_on
    request.due_on = end_of_span(rule, request.due_on, jurisdiction=request.jurisdiction)
    request.save(update_fields=["extended_from", "due_on"])
    note(request, EntryKind.EXTENDED, by=actor, at=at, text=reason.strip())
    return request


@transaction.atomic
def add_note(*, actor: User, request_id: int, text: str, at: datetime) -> PrivacyRequest:
    """Add an internal note to a request, open or not."""
    request = PrivacyRequest.objects.visible_to(actor).get(pk=request_id)
    if not text.strip():
        raise ValidationError({"text": _("Write the note.")})
    name_act("customers.privacy_request.noted")
    note(request, EntryKind.NOTE, by=actor, at=at, text=text.strip())
    return request


@transaction.atomic
def correct_customer(*, actor: User, request_id: int, at: datetime) -> Customer:
    """Write the proposed value of a correction to the customer; before and after stand in the log as hashes."""
    request = locked_working(actor, request_id, RequestKind.CORRECTION)
    customer = Customer.objects.select_for_update(of=["self"]).defer("search").get(pk=request.customer_id)
    value = checked_value(customer, request.field, request.proposed or "")
    name_act("customers.customer.corrected", reason=request.reference)
    customer.save(update_fields=write_field(customer, request.field, value))
    note(request, EntryKind.CORRECTED, by=actor, at=at, text=str(field_label(request.field)))
    return customer


def field_label(field: str) -> Any:
    described: Any = Customer._meta.get_field(field)
    return described.verbose_name


@transaction.atomic
def restrict_customer(*, actor: User, request_id: int, at: datetime) -> Customer:
    """Restrict a customer's data: masked for everybody, in no export, no contact, until it is lifted."""
    request = locked_working(actor, request_id, RequestKind.RESTRICTION, RequestKind.OBJECTION, RequestKind.DELETION)
    name_act("customers.customer.restricted", reason=request.reference)
    customer = set_restricted(request.customer_id, at)
    note(request, EntryKind.RESTRICTED, by=actor, at=at)
    return customer


def set_restricted(customer_id: int, at: datetime | None) -> Customer:
    """Set or lift the restriction inside the caller's transaction."""
    customer = Customer.objects.select_for_update(of=["self"]).only("restricted_at", "reference").get(pk=customer_id)
    if at is None and ScreeningHit.objects.filter(customer_id=customer_id, confirmed_at__isnull=False).exists():
        raise ValidationError(_("Something else than this request restricts the customer: it cannot be lifted here."))
    if bool(customer.restricted_at) != bool(at):
        customer.restricted_at = at
        customer.save(update_fields=["restricted_at"])
    return customer


@transaction.atomic
def lift_restriction(*, actor: User, request_id: int, reason: str, at: datetime) -> Customer:
    """Lift a restriction for a reason; one that stands for an erasure stays."""
    request = PrivacyRequest.objects.visible_to(actor).get(pk=request_id)
    _may_handle(actor)
    if hasattr(request.customer, "erasure"):
        raise ValidationError(_("This customer is being erased: the restriction stays until the data goes."))
    if len(reason.strip()) < 10:
        raise ValidationError({"reason": _("Say why the restriction is lifted.")})
    name_act("customers.customer.restriction_lifted", reason=request.reference)
    customer = set_restricted(request.customer_id, None)
    note(request, EntryKind.LIFTED, by=actor, at=at, text=reason.strip())
    return customer


@transaction.atomic
def answer_request(*, actor: User, request_id: int, outcome: str, answer: str, at: datetime) -> PrivacyRequest:
    """Close a request with its outcome and what the person was told."""
    request = locked_open(actor, request_id)
    if outcome not in RequestOutcome:
        raise ValidationError({"outcome": _("Choose how the request was answered.")})
    if not request.identity_check:
        raise ValidationError(_("Check first who is asking."))
    if len(answer.strip()) < 10:
        raise ValidationError({"answer": _("Write what the person was told.")})
    name_act("customers.privacy_request.answered", reason=outcome)
    request.state, request.outcome, request.answered_at = RequestState.ANSWERED, outcome, at
    request.save(update_fields=["state", "outcome", "answered_at"])
    note(request, EntryKind.ANSWERED, by=actor, at=at, text=answer.strip())
    return request


@transaction.atomic
def withdraw_request(*, actor: User, request_id: int, reason: str, at: datetime) -> PrivacyRequest:
    """Close a request that the person took back."""
    request = locked_open(actor, request_id)
    if len(reason.strip()) < 5:
        raise ValidationError({"reason": _("Say how the person took it back.")})
    name_act("customers.privacy_request.withdrawn", reason=request.reference)
    request.state = RequestState.WITHDRAWN
    request.save(update_fields=["state"])
    note(request, EntryKind.WITHDRAWN, by=actor, at=at, text=reason.strip())
    return request


def locked_open(actor: User, request_id: int) -> PrivacyRequest:
    """Return an open request, locked, for somebody who may handle it."""
    _may_handle(actor)
    request = PrivacyRequest.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=request_id)
    if not request.is_open:
        raise ValidationError(_("%(request)s is closed.") % {"request": request.reference})
    return request


def locked_working(actor: User, request_id: int, *kinds: str) -> PrivacyRequest:
    """Return an open request of one of `kinds` whose sender's identity was checked, locked."""
    request = locked_open(actor, request_id)
    if request.kind not in kinds:
        raise ValidationError(_("This is not what %(request)s asks for.") % {"request": request.reference})
    if not request.identity_check:
        raise ValidationError(_("Check first who is asking."))
    return request


def note(request: PrivacyRequest, kind: str, *, by: User | None, at: datetime, text: str = "") -> RequestEntry:
    """Add a step to a request's life inside the caller's transaction."""
    return RequestEntry.objects.create(request=request, kind=kind, at=at, by=by, text=text)


def _may_handle(actor: User) -> None:
    if not actor.has_perm(HANDLE):
        raise PermissionDenied(_("Compliance handles requests."))


def _people() -> Any:
    return holders_of(HANDLE)


def _tell(request: PrivacyRequest, people: Any, sentence: str, at: datetime) -> None:
    notify(
        users=people,
        kind=NotificationKind.PRIVACY,
        key=f"privacy-request:{request.pk}:{sentence[:20]}",
        title=lambda: _(sentence) % {"kind": request.get_kind_display()},
        url=reverse("customers:request_detail", args=[request.reference]),
        at=at,
    )
