"""What is done about a screening hit: confirmed by one, which restricts the customer, or cleared by two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import ClearedAs, ScreeningHit
from customers.services.enhanced_reviews import open_due_enhanced
from customers.services.privacy_requests import set_restricted
from staff.models import User

HANDLE = "customers.handle_screeninghit"
SHORTEST = 10


def locked_open(actor: User, hit_id: int) -> ScreeningHit:
    """Return an open hit, locked, for somebody who may decide it."""
    if not actor.has_perm(HANDLE):
        raise PermissionDenied(_("Compliance decides screening hits."))
    seen: Any = ScreeningHit.objects.visible_to(actor)
    hit: ScreeningHit = seen.select_for_update(of=["self"]).get(pk=hit_id)
    if not hit.is_open:
        raise ValidationError(_("This hit was decided already."))
    return hit


@transaction.atomic
def confirm_hit(*, actor: User, hit_id: int, reason: str, at: datetime) -> ScreeningHit:
    """Say that a customer is who stands on the list. Their data is restricted at once, under a name in the log that says
    no more than that, and enhanced due diligence is due."""
    hit = locked_open(actor, hit_id)
    _check_reason(reason)
    name_act("customers.customer.restricted")
    set_restricted(hit.customer_id, at)
    name_act("customers.screening.confirmed")
    hit.confirmed_at, hit.decided_by, hit.reason = at, actor, reason.strip()
    hit.save(update_fields=["confirmed_at", "decided_by", "reason"])
    open_due_enhanced(at=at, customers=[hit.customer_id])
    return hit


@transaction.atomic
def clear_hit(*, actor: User, hit_id: int, cleared_as: str, reason: str, at: datetime) -> ScreeningHit:
    """Say that a customer is not who stands on the list. Called by the approved change request alone."""
    hit = locked_open(actor, hit_id)
    check_clearing(cleared_as, reason)
    name_act("customers.screening.cleared")
    hit.cleared_as, hit.cleared_at, hit.decided_by, hit.reason = cleared_as, at, actor, reason.strip()
    hit.save(update_fields=["cleared_as", "cleared_at", "decided_by", "reason"])
    return hit


def check_clearing(cleared_as: str, reason: str) -> None:
    if cleared_as not in ClearedAs:
        raise ValidationError({"cleared_as": _("Choose on what grounds it is somebody else.")})
    _check_reason(reason)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST:
        raise ValidationError({"reason": _("Say in a sentence what you compared and found.")})
