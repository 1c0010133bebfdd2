"""Erasing a customer: approved once, done at once where the law lets go, finished by itself where it does so later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from audit.services.redaction import redact
from customers.models import Customer, EntryKind, Erasure, ErasurePart, PrivacyRequest, RequestKind
from customers.services.erasing import ERASERS, Touched
from customers.services.erasure_plans import plan_erasure
from customers.services.privacy_requests import note, set_restricted
from staff.models import User

PERMISSION = "customers.erase_customer"
AT_ONCE = 500  # parts in one run of the nightly task


def hurdle_to_erasing(request: PrivacyRequest) -> str:
    """Return why a request cannot lead to an erasure now, or nothing."""
    if request.kind != RequestKind.DELETION:
        return _("Only a request for deletion leads to an erasure.")
    if not request.is_open:
        return _("%(request)s is closed.") % {"request": request.reference}
    if not request.identity_check:
        return _("Check first who is asking.")
    if Erasure.objects.filter(customer_id=request.customer_id).exists():
        return _("This customer is being erased already.")
    return ""


def refuse_if_hindered(*, actor: User, request_id: int) -> None:
    """Raise PermissionDenied or ValidationError where `actor` or the state of the request stands against an erasure."""
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("Compliance erases customers."))
    if hurdle := hurdle_to_erasing(PrivacyRequest.objects.visible_to(actor).get(pk=request_id)):
        raise ValidationError(hurdle)


@transaction.atomic
def erase_customer(*, actor: User, request_id: int, approval_id: int | None, at: datetime) -> Erasure:
    """Erase what may go now and restrict the rest until its rule lets go. Called by the approved change request alone.

    Plain text leaves the tables and the log; the log's hashes, and every proof over them, stay.
    """
    refuse_if_hindered(actor=actor, request_id=request_id)
    request = PrivacyRequest.objects.select_for_update(of=["self"]).get(pk=request_id)
    name_act("customers.customer.erased", reason=request.reference, approval_id=approval_id)
    customer = Customer.objects.select_for_update(of=["self"]).defer("search").get(pk=request.customer_id)
    planned = plan_erasure(customer, today=timezone.localdate(at))
    erasure = Erasure.objects.create(
        customer=customer, request=request, approval_id=approval_id, begun_at=at, begun_by=actor
    )
    for part in planned:
        ErasurePart.objects.create(erasure=erasure, name=part.name, rule=part.rule, keep_until=part.until)
    set_restricted(customer.pk, at)
    _erase_parts(erasure, [part.name for part in planned if part.goes_now], at)
    note(request, EntryKind.ERASURE, by=actor, at=at)
    return erasure


def finish_erasures(*, at: datetime) -> int:
    """Erase every part whose time of keeping is over, one customer a transaction, and return how many customers were
    seen to. Safe to run twice, and in parallel.
    """
    today = timezone.localdate(at)
    waiting = Q(keep_until__lt=today) | Q(keep_until__isnull=True, rule__isnull=False)
    due = ErasurePart.objects.filter(waiting, erased_at__isnull=True).values_list("erasure", flat=True)
    return sum(_finish(pk, at) for pk in list(due.distinct()[:AT_ONCE]))


@transaction.atomic
def _finish(erasure_id: int, at: datetime) -> int:
    erasure = Erasure.objects.select_for_update(skip_locked=True).filter(pk=erasure_id, ended_at__isnull=True).first()
    if erasure is None:
        return 0
    name_act("customers.customer.erased", reason="retention over", approval_id=erasure.approval_id)
    customer = Customer.objects.select_for_update(of=["self"]).defer("search").get(pk=erasure.customer_id)
    # What holds a part is asked again: a relationship has ended meanwhile, or a rule has become longer.
    plan = {str(part.name): part for part in plan_erasure(customer, today=timezone.localdate(at))}
    left = list(erasure.parts.filter(erased_at__isnull=True))
    for part in left:
        part.rule, part.keep_until = plan[part.name].rule, plan[part.name].until
        part.save(update_fields=["rule", "keep_until"])
    gone = [part.name for part in left if plan[part.name].goes_now]
    _erase_parts(erasure, gone, at)
    return bool(gone)


def _erase_parts(erasure: Erasure, names: Iterable[str], at: datetime) -> None:
    """Erase parts inside the caller's transaction, log included, and close the erasure with its last one."""
    customer = Customer.objects.defer("search").get(pk=erasure.customer_id)
    # Who was merged into the customer is the customer.
    merged = list(Customer.objects.defer("search").filter(merged_into=customer))
    chosen = {str(name) for name in names}
    if chosen:
        # Traces of values that go only now are looked for once more.
        chosen |= {"traces"}
    touched: list[tuple[str, object]] = []
    for name, erase in ERASERS.items():
        if str(name) in chosen:
            for one in [customer, *merged]:
                touched += erase(one)
    erasure.parts.filter(name__in=chosen).update(erased_at=at)
    if not erasure.parts.filter(erased_at__isnull=True).exists():
        _end(erasure, at)
    _redact(touched, erasure)


def _end(erasure: Erasure, at: datetime) -> None:
    Customer.objects.filter(Q(pk=erasure.customer_id) | Q(merged_into=erasure.customer_id)).update(erased_at=at)
    erasure.ended_at = at
    erasure.save(update_fields=["ended_at"])
    if erasure.request:
        note(erasure.request, EntryKind.ERASED, by=None, at=at)


def _redact(touched: Touched, erasure: Erasure) -> None:
    """Take the plain texts of these records out of the log, those that erasing has just written included."""
    reason = erasure.request.reference if erasure.request else ""
    for table, pk in sorted({(table, str(pk)) for table, pk in touched}):
        redact(table=table, pk=pk, approval_id=erasure.approval_id, reason=reason)
