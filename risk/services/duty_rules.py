"""Which duties are kept apart, and which conflicts are accepted for a while: both by two people."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import ConflictRule, Control, DutyException
from risk.services.duties import holds_both
from staff.access import permission_labels
from staff.grants import all_grants
from staff.models import ChangeRequest, User
from staff.rules.roles import Role
from staff.services.changes import propose

LONGEST = timedelta(days=366)


def duty_names() -> dict[str, str]:
    """Return every duty that there is, a role or a granted permission, with its words."""
    words, granted = permission_labels(), all_grants()
    return {
        **{role.value: str(role.label) for role in Role},
        **{code: str(words.get(code, code)) for code in sorted(granted)},
    }


def rule_of(first: str, second: str) -> ConflictRule | None:
    """Return the rule of a pair, whichever way round, retired or not."""
    return ConflictRule.objects.filter(Q(first=first, second=second) | Q(first=second, second=first)).first()


def checked_rule(*, first: str, second: str, severity: str, reasons: dict[str, str], is_retired: bool) -> ConflictRule:
    """Return the rule of a pair as it would be written; ValidationError for duties that are none."""
    rule = rule_of(first, second) or ConflictRule(first=first, second=second)
    rule.severity, rule.reasons, rule.is_retired = severity, reasons, is_retired
    rule.full_clean()
    if not is_retired and (unknown := {first, second} - duty_names().keys()):
        raise ValidationError(_("%(duty)s is no role and no permission.") % {"duty": sorted(unknown)[0]})
    if is_retired and rule.pk is None:
        raise ValidationError(_("There is no rule for these two duties."))
    return rule


def propose_rule(
    *,
    actor: User,
    first: str,
    second: str,
    severity: str,
    why: str,
    reason: str,
    at: datetime,
    is_retired: bool = False,
) -> ChangeRequest:
    """Ask for a rule, its change or its end. `why` is what the rule says; unchanged, its translations stay."""
    older = rule_of(first, second)
    kept = older is not None and why.strip() in older.reasons.values()
    reasons = older.reasons if older is not None and kept else {"en": why.strip(), get_language() or "en": why.strip()}
    rule = checked_rule(first=first, second=second, severity=severity, reasons=reasons, is_retired=is_retired)
    arguments = {
        "first": rule.first, "second": rule.second, "severity": severity, "reasons": reasons, "is_retired": is_retired,
    }  # fmt: skip
    return propose(actor=actor, command="risk.conflict_rule.set", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def write_rule(*, actor: User, reason: str, **fields: Any) -> ConflictRule:
    """Write the rule that two people agreed on."""
    rule = checked_rule(**fields)
    name_act("risk.conflict_rule.retired" if rule.is_retired else "risk.conflict_rule.set", reason=reason)
    rule.save()
    return rule


def checked_exception(
    *,
    actor: User,
    rule_id: int,
    person_id: int,
    control_id: int | None,
    compensation: str,
    valid_from: date,
    valid_until: date,
) -> DutyException:
    """Return an exception as it would be written; ValidationError for one's own, or where there is no such conflict."""
    rule = ConflictRule.objects.in_force().filter(pk=rule_id).first()
    person = User.objects.active().filter(pk=person_id).first()
    if rule is None or person is None or not holds_both(person, rule):
        raise ValidationError({"person": _("This person does not hold both duties of a rule in force.")})
    if actor.pk == person.pk:
        raise ValidationError({"person": _("Nobody accepts a conflict of their own: somebody else asks for it.")})
    if control_id is not None and not Control.objects.filter(pk=control_id).exists():
        raise ValidationError({"control": _("There is no such control.")})
    if not compensation.strip():
        raise ValidationError({"compensation": _("Say what makes up for it.")})
    _check_days(rule, person, valid_from, valid_until)
    return DutyException(
        rule=rule, person=person, control_id=control_id, compensation=compensation.strip(),
        valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip


def _check_days(rule: ConflictRule, person: User, first: date, last: date) -> None:
    if not first <= last <= first + LONGEST or last < timezone.localdate():
        raise ValidationError({"valid_until": _("The last day is today or later, and within a year.")})
    if DutyException.objects.filter(rule=rule, person=person, valid_until__gte=last).exists():
        raise ValidationError({"valid_until": _("This conflict is accepted until then already: choose a later day.")})


def propose_exception(
    *,
    actor: User,
    rule_id: int,
    person_id: int,
    control_id: int | None,
    compensation: str,
    valid_until: date,
    reason: str,
    at: datetime,
) -> ChangeRequest:
    """Ask that a conflict be accepted; it is once somebody else, and never its holder, has agreed."""
    found = checked_exception(
        actor=actor, rule_id=rule_id, person_id=person_id, control_id=control_id, compensation=compensation,
        valid_from=timezone.localdate(at), valid_until=valid_until,
    )  # fmt: skip
    arguments = {
        "rule_id": rule_id, "person_id": person_id, "control_id": control_id, "compensation": found.compensation,
        "valid_from": found.valid_from.isoformat(), "valid_until": found.valid_until.isoformat(),
    }  # fmt: skip
    return propose(actor=actor, command="risk.duty_exception.accept", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def write_exception(*, actor: User, request: ChangeRequest, **fields: Any) -> DutyException:
    """Write the exception that two people agreed on."""
    found = checked_exception(actor=actor, **fields)
    name_act("risk.duty_exception.accepted", reason=request.reason)
    found.reason, found.request = request.reason, request
    found.save()
    return found
