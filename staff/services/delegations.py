from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.changes import command_named
from staff.models import ChangePolicy, Delegation, User

LONGEST = timedelta(days=31)


@transaction.atomic
def delegate(
    *, actor: User, taker: User, command: str = "", starts_at: datetime, ends_at: datetime, reason: str, at: datetime
) -> Delegation:
    """Let `taker` judge requests in the actor's place for up to 31 days; all that the actor may judge, or one command.

    It hands on the actor's own right only, and both together stay one voice.
    """
    if command:
        command_named(command)
    policies = ChangePolicy.objects.in_force(at).filter(**{"command": command} if command else {})
    if not any(actor.has_perm(policy.check_permission) for policy in policies):
        raise PermissionDenied(_("You have no such right to hand on."))
    if not taker.is_active or not taker.has_perm("staff.view_changerequest"):
        raise ValidationError({"taker": _("Choose somebody who works here and has a role.")})
    if ends_at - starts_at > LONGEST or ends_at <= at:
        raise ValidationError({"ends_at": _("A delegation ends within 31 days, and not in the past.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    name_act("staff.delegation.made", reason=reason)
    made = Delegation(
        giver=actor,
        taker=taker,
        command=command,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        created_at=at,
    )
    made.full_clean()
    made.save()
    return made


@transaction.atomic
def revoke_delegation(*, actor: User, delegation_id: int, at: datetime) -> Delegation:
    """End one of the actor's own delegations now. Ending it again changes nothing."""
    delegation = Delegation.objects.select_for_update(of=["self"]).get(pk=delegation_id)
    if delegation.giver_id != actor.pk:
        raise PermissionDenied(_("Only whoever gave it takes it back."))
    if delegation.revoked_at is None:
        name_act("staff.delegation.revoked")
        delegation.revoked_at = at
        delegation.save(update_fields=["revoked_at"])
    return delegation
