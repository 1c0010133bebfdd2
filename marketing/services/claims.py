"""Claims: what messages say of us, with proof; approved by somebody else."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.services.suitability_rules import company_day
from marketing.models import Claim
from staff.models import User
from staff.permits import require


@transaction.atomic
def add_claim(*, actor: User, language: str, words: str, proof: str, expires_on: date, at: datetime) -> Claim:
    """Enter something that can be proved; it counts once somebody else has approved it."""
    require(actor, "marketing.add_claim")
    claim = Claim(
        language=language, words=words.strip(), proof=proof.strip(), expires_on=expires_on, added_by=actor, added_at=at
    )
    claim.full_clean()
    if expires_on < company_day(at):
        raise ValidationError({"expires_on": _("This day has passed already.")})
    name_act("marketing.claim.added")
    claim.save()
    return claim


@transaction.atomic
def approve_claim(*, actor: User, claim_id: int, at: datetime) -> Claim:
    """Approve a claim of somebody else's, after looking at its proof."""
    if not actor.has_perm("marketing.approve_claim"):
        raise PermissionDenied(_("Compliance approves claims."))
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if claim.added_by_id == actor.pk:
        raise PermissionDenied(_("Whoever added a claim does not approve it."))
    if claim.approved_at is not None:
        raise ValidationError(_("This claim is approved already."))
    name_act("marketing.claim.approved")
    claim.approved_by, claim.approved_at = actor, at
    claim.save(update_fields=["approved_by", "approved_at"])
    return claim
