"""Rules of tiers: within how many days a risk of a residual level is reviewed; a new row from a day on, by two people."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import TierRule
from staff.models import ChangeRequest, User
from staff.services.changes import propose


def checked_tier_rule(**fields: Any) -> TierRule:
    """Return a rule as it would be written; ValidationError for one that is none, or that begins in the past."""
    rule = TierRule(**fields)
    rule.full_clean()
    if rule.tier not in (1, 2, 3):
        raise ValidationError({"tier": _("The tier is 1, 2 or 3.")})
    if not 1 <= rule.review_days <= 1_830:
        raise ValidationError({"review_days": _("From 1 to 1,830 days.")})
    if rule.valid_from < timezone.localdate():
        raise ValidationError({"valid_from": _("A rule begins today or later.")})
    return rule


def propose_tier_rule(*, actor: User, reason: str, at: datetime, **fields: Any) -> ChangeRequest:
    """Ask for a rule; it is in force from its day once somebody else has agreed."""
    rule = checked_tier_rule(**fields)
    arguments = {
        "level": rule.level,
        "tier": rule.tier,
        "review_days": rule.review_days,
        "valid_from": rule.valid_from.isoformat(),
    }
    return propose(actor=actor, command="risk.tier_rule.add", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def add_tier_rule(*, actor: User, reason: str, **fields: Any) -> TierRule:
    """Write the rule that two people agreed on."""
    rule = checked_tier_rule(**fields)
    name_act("risk.tier_rule.added", reason=reason)
    rule.save()
    return rule
