"""Enhanced due diligence: a checklist that is answered point by point, then approved or refused by a senior."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import name_act
from customers.models import Customer, EddCause, EddItem, EddOutcome, EddStep, EnhancedReview
from customers.sql import statement
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

HANDLE = "customers.handle_enhancedreview"


def _may(actor: User) -> None:
    if not actor.has_perm(HANDLE):
        raise PermissionDenied(_("Compliance carries out enhanced due diligence."))


def locked_open(actor: User, review_id: int) -> EnhancedReview:
    """Return one that has no outcome, locked, for somebody who works on it."""
    _may(actor)
    seen: Any = EnhancedReview.objects.visible_to(actor)
    review: EnhancedReview = seen.select_for_update(of=["self"]).get(pk=review_id)
    if not review.is_open:
        raise ValidationError(_("This has an outcome already."))
    return review


@transaction.atomic
def open_enhanced(*, actor: User, customer_id: int, cause: str, at: datetime) -> EnhancedReview:
    """Begin enhanced due diligence; where one is open already, that one."""
    _may(actor)
    if cause not in EddCause:
        raise ValidationError({"cause": _("Choose why it is needed.")})
    customer = Customer.objects.visible_to(actor).select_for_update(of=["self"]).defer("search").get(pk=customer_id)
    seen: Any = EnhancedReview.objects.filter(customer=customer)
    known: EnhancedReview | None = seen.open().first()
    if known:
        return known
    name_act("customers.edd.opened")
    return EnhancedReview.objects.create(customer=customer, cause=cause, opened_at=at, opened_by=actor)


@transaction.atomic
def open_due_enhanced(*, at: datetime, customers: Iterable[int] | None = None) -> list[int]:
    """Open enhanced due diligence for everybody (or those) for whom a confirmed hit, a high rating or their ownership makes
    it due, tell compliance, and return whose it is. Each once, however often and by however many it is run."""
    name_act("customers.edd.due")
    asked: dict[str, Any] = {
        "at": at,
        "zone": settings.TIME_ZONE,
        "customers": None if customers is None else [*customers],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("edd_due"), asked)
        opened = [row[0] for row in cursor.fetchall()]
    if opened:
        _tell(opened, at)
    return opened


def _tell(opened: list[int], at: datetime) -> None:
    """Those alone who carry it out: nobody else learns that there is any."""
    last = EnhancedReview.objects.filter(customer__in=opened).order_by("-pk").values_list("pk", flat=True)[0]
    n = len(opened)
    only = Customer.objects.only("reference").get(pk=opened[0])
    notify(
        users=holders_of(HANDLE),
        kind=NotificationKind.REVIEW,
        key=f"edd-due:{last}",
        title=lambda: (
            ngettext("%(n)d enhanced due diligence is due", "%(n)d enhanced due diligences are due", n) % {"n": n}
        ),
        url=f"/customers/{only.reference}/kyc/" if n == 1 else reverse("customers:kyc_task_list"),
        at=at,
    )


@transaction.atomic
def answer_step(*, actor: User, review_id: int, step: str, finding: str, evidence: str = "", at: datetime) -> EddItem:
    """Answer a point of the checklist, or answer it better."""
    review = locked_open(actor, review_id)
    if step not in EddStep:
        raise ValidationError({"step": _("Choose a point of the checklist.")})
    if len(finding.strip()) < 10:
        raise ValidationError({"finding": _("Say in a sentence what was found.")})
    name_act("customers.edd.answered")
    said = {"finding": finding.strip(), "evidence": evidence.strip()[:300], "by": actor, "at": at}
    item, _made = EddItem.objects.update_or_create(review=review, step=step, defaults=said)
    return item


def missing_steps(review: EnhancedReview) -> list[EddStep]:
    answered = set(review.items.values_list("step", flat=True))
    return [step for step in EddStep if step not in answered]


def check_outcome(*, actor: User, review_id: int, outcome: str) -> EnhancedReview:
    """Return one that may end so: every point answered for an approval; a refusal needs none."""
    review = locked_open(actor, review_id)
    if outcome not in EddOutcome:
        raise ValidationError({"outcome": _("Choose whether the relationship goes on.")})
    missing = missing_steps(review)
    if outcome == EddOutcome.APPROVED and missing:
        names = ", ".join(str(step.label) for step in missing)
        raise ValidationError(_("Not answered yet: %(steps)s.") % {"steps": names})
    return review


@transaction.atomic
def end_enhanced(*, actor: User, review_id: int, outcome: str, at: datetime) -> EnhancedReview:
    """Give it its outcome. Called by the change request alone that a senior has approved."""
    review = check_outcome(actor=actor, review_id=review_id, outcome=outcome)
    name_act(f"customers.edd.{outcome}")
    review.outcome, review.ended_at = outcome, at
    review.save(update_fields=["outcome", "ended_at"])
    return review
