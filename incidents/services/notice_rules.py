"""Rules of notice: a new row from a day on, agreed by two people; what stood before stays for the incidents of then."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import NoticeRule
from staff.models import ChangeRequest, User
from staff.services.changes import propose


def checked_rule(**fields: Any) -> NoticeRule:
    """Return a rule as it would be written; ValidationError for one that is none, or that begins in the past."""
    rule = NoticeRule(**fields)
    rule.full_clean()
    if rule.hours < 1:
        raise ValidationError({"hours": _("At least one hour.")})
    if rule.valid_from < timezone.localdate():
        raise ValidationError({"valid_from": _("A rule begins today or later.")})
    return rule


def propose_rule(*, actor: User, reason: str, at: datetime, **fields: Any) -> ChangeRequest:
    """Ask for a rule of notice; it is in force from its day once somebody else has agreed."""
    rule = checked_rule(**fields)
    arguments = {
        "kind": rule.kind,
        "jurisdiction": rule.jurisdiction,
        "told": rule.told,
        "hours": rule.hours,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "source": rule.source,
        "needs_confirmation": rule.needs_confirmation,
    }
    return propose(actor=actor, command="incidents.notice_rule.add", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def add_rule(*, actor: User, reason: str, **fields: Any) -> NoticeRule:
    """Write the rule that two people agreed on."""
    rule = checked_rule(**fields)
    name_act("incidents.notice_rule.added", reason=reason)
    rule.save()
    return rule
