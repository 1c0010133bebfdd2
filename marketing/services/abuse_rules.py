"""Rules of abuse: a new row from a day on, agreed by two people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from marketing.models import AbuseRule
from staff.models import ChangeRequest, User
from staff.services.changes import propose

ADD = "marketing.abuse_rule.add"


def checked_rule(**fields: Any) -> AbuseRule:
    """Return a rule as it would be written; ValidationError for one that is none, or that begins in the past."""
    rule = AbuseRule(**fields)
    rule.full_clean()
    if rule.valid_from < timezone.localdate():
        raise ValidationError({"valid_from": _("A rule begins today or later.")})
    return rule


def propose_rule(*, actor: User, reason: str, at: datetime, **fields: Any) -> ChangeRequest:
    """Ask for a rule of abuse; it is in force from its day once somebody else has agreed."""
    rule = checked_rule(**fields)
    arguments = {**fields, "valid_from": rule.valid_from.isoformat()}
    return propose(actor=actor, command=ADD, arguments=arguments, reason=reason, at=at)


@transaction.atomic
def add_rule(*, actor: User, reason: str, valid_from: str, **fields: Any) -> AbuseRule:
    """Write the rule that two people agreed on."""
    rule = checked_rule(valid_from=date.fromisoformat(valid_from), **fields)
    name_act("marketing.abuse_rule.added", reason=reason)
    rule.save()
    return rule
