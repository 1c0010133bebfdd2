"""Reviews of customers: opened when due, documents seen, decided by one, signed by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import name_act
from customers.models import KycProfile, KycReview, KycTask, KycTaskKind, ReviewDecision, ReviewState
from customers.services.documents import is_known
from customers.services.kyc_profiles import rate_customers
from customers.sql import statement
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

HANDLE, SIGN = "customers.handle_kycreview", "customers.sign_kycreview"


@transaction.atomic
def open_due_reviews(*, at: datetime) -> int:
    """Open a review and a task for every customer whose review is due, tell whoever looks after them, and return how many
    are new. Each once, however often and by however many it is run."""
    name_act("customers.review.due")
    with connection.cursor() as cursor:
        cursor.execute(statement("reviews_due"), {"today": timezone.localdate(at), "at": at})
        opened = cursor.fetchall()
    owners: dict[int | None, int] = {}
    for _customer, owner in opened:
        owners[owner] = owners.get(owner, 0) + 1
    for owner, n in owners.items():
        _tell(owner, n, at)
    return len(opened)


def _tell(owner: int | None, n: int, at: datetime) -> None:
    notify(
        users=[owner] if owner else holders_of(HANDLE),
        kind=NotificationKind.REVIEW,
        key=f"kyc-reviews:{timezone.localdate(at)}",
        title=lambda: ngettext("%(n)d review of a customer is due", "%(n)d reviews of customers are due", n) % {"n": n},
        url=reverse("customers:kyc_task_list"),
        at=at,
    )


@transaction.atomic
def begin_review(*, actor: User, customer_id: int, at: datetime) -> KycReview:
    """Open a review before it is due; where one is open already, that one."""
    _may(actor, HANDLE)
    profile = KycProfile.objects.select_for_update().filter(customer=customer_id).first()
    if profile is None:
        raise ValidationError(_("No night has rated this customer yet."))
    seen: Any = KycReview.objects.visible_to(actor)
    known: KycReview | None = seen.open().filter(customer=customer_id).first()
    if known:
        return known
    name_act("customers.review.opened")
    return KycReview.objects.create(customer_id=customer_id, due_on=profile.next_review_on, opened_at=at)


@transaction.atomic
def see_documents(*, actor: User, review_id: int, at: datetime) -> KycReview:
    """Note that the customer's documents were looked at; one that is verified must hold."""
    review = _locked(actor, HANDLE, review_id, ReviewState.OPEN)
    if not is_known(review.customer_id, today=timezone.localdate(at)):
        raise ValidationError(_("No verified identity document holds: verify one first."))
    name_act("customers.review.documents_seen")
    review.state, review.documents_by, review.documents_at = ReviewState.DOCUMENTS, actor, at
    review.save(update_fields=["state", "documents_by", "documents_at"])
    return review


@transaction.atomic
def decide_review(*, actor: User, review_id: int, decision: str, conclusion: str, at: datetime) -> KycReview:
    """Write down what follows from a review; somebody else signs it."""
    review = _locked(actor, HANDLE, review_id, ReviewState.DOCUMENTS)
    if decision not in ReviewDecision:
        raise ValidationError({"decision": _("Choose what follows from the review.")})
    if len(conclusion.strip()) < 10:
        raise ValidationError({"conclusion": _("Say in a sentence what you looked at and concluded.")})
    name_act("customers.review.decided")
    review.state, review.decision, review.conclusion = ReviewState.DECIDED, decision, conclusion.strip()
    review.decided_by, review.decided_at = actor, at
    review.save(update_fields=["state", "decision", "conclusion", "decided_by", "decided_at"])
    return review


@transaction.atomic
def sign_review(*, actor: User, review_id: int, at: datetime) -> KycReview:
    """Sign what somebody else has decided; the next review counts from this day."""
    review = _locked(actor, SIGN, review_id, ReviewState.DECIDED)
    if review.decided_by_id == actor.pk:
        raise PermissionDenied(_("Somebody else signs what you have decided."))
    name_act("customers.review.signed")
    review.state, review.signed_by, review.signed_at = ReviewState.SIGNED, actor, at
    review.save(update_fields=["state", "signed_by", "signed_at"])
    KycProfile.objects.filter(customer=review.customer_id).update(reviewed_on=timezone.localdate(at))
    waiting: Any = KycTask.objects.open()
    waiting.filter(customer=review.customer_id, kind=KycTaskKind.REVIEW).update(closed_at=at, closed_by=actor)
    rate_customers(at=at, first=review.customer_id, last=review.customer_id)
    return review


@transaction.atomic
def send_back(*, actor: User, review_id: int, at: datetime) -> KycReview:
    """Give a decision back instead of signing it."""
    review = _locked(actor, SIGN, review_id, ReviewState.DECIDED)
    name_act("customers.review.sent_back")
    review.state, review.decided_by, review.decided_at = ReviewState.DOCUMENTS, None, None
    review.save(update_fields=["state", "decided_by", "decided_at"])
    return review


def _may(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied(_("Your role does not do this step of a review."))


def _locked(actor: User, permission: str, review_id: int, state: str) -> KycReview:
    _may(actor, permission)
    seen: Any = KycReview.objects.visible_to(actor)
    review: KycReview = seen.select_for_update(of=["self"]).get(pk=review_id)
    if review.state != state:
        raise ValidationError(_("This review is at another step: %(state)s.") % {"state": review.get_state_display()})
    return review
