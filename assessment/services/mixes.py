"""Which methods a risk should be judged by: the rule in force for its data and novelty, and why."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import MixRule
from assessment.rules.mixes import checked_methods
from audit.services import name_act
from staff.models import ChangeRequest, User
from staff.services.changes import propose


def mix_for(*, data: str, novelty: str, at: date) -> MixRule:
    """Return the rule in force; ValidationError where none is."""
    rule = MixRule.objects.in_force(at).filter(data=data, novelty=novelty).first()
    if rule is None:
        raise ValidationError(_("No rule says which methods fit: add one on the page of methods."))
    return rule


def checked_mix_rule(**fields: Any) -> MixRule:
    """Return a rule as it would be written; ValidationError for one that is none, or that begins in the past."""
    try:
        fields["methods"] = checked_methods(list(fields["methods"]))
    except ValueError:
        raise ValidationError({"methods": _("Choose one method or more.")}) from None
    rule = MixRule(**fields)
    rule.full_clean()
    if rule.valid_from < timezone.localdate():
        raise ValidationError({"valid_from": _("A rule begins today or later.")})
    return rule


def propose_mix_rule(*, actor: User, reason: str, at: datetime, **fields: Any) -> ChangeRequest:
    """Ask for a rule; it is in force from its day once somebody else has agreed."""
    rule = checked_mix_rule(**fields)
    arguments = {
        "data": rule.data,
        "novelty": rule.novelty,
        "methods": rule.methods,
        "why": rule.why,
        "valid_from": rule.valid_from.isoformat(),
    }
    return propose(actor=actor, command="assessment.mix_rule.add", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def add_mix_rule(*, actor: User, reason: str, **fields: Any) -> MixRule:
    """Write the rule that two people agreed on."""
    rule = checked_mix_rule(**fields)
    name_act("assessment.mix_rule.added", reason=reason)
    rule.save()
    return rule
