"""Asking for changes of accounts: what administrators' pages call. `staff.account_commands` carries them out."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from staff.models import ChangeRequest, Team, User
from staff.services.changes import propose


@transaction.atomic
def propose_user(
    *,
    actor: User,
    email: str,
    full_name: str,
    roles: Collection[str],
    teams: Iterable[Team] = (),
    business_lines: Collection[str] = (),
    regions: Collection[str] = (),
    language: str = "en",
    reason: str,
    at: datetime,
) -> ChangeRequest:
    """Ask for a new account. Its number is taken now, so that the approval names it."""
    if not actor.has_perm("staff.add_user"):
        raise PermissionDenied(_("Only an administrator makes accounts."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('staff_user', 'id'))")
        user_id = cursor.fetchone()[0]
    arguments = {
        "user_id": user_id,
        "email": email.strip().lower(),
        "full_name": full_name.strip(),
        "roles": sorted(roles),
        "team_ids": sorted(team.pk for team in teams),
        "business_lines": sorted(business_lines),
        "regions": sorted(regions),
        "language": language,
    }
    return propose(actor=actor, command="staff.user.create", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def propose_access(
    *,
    actor: User,
    user_id: int,
    email: str,
    roles: Collection[str],
    business_lines: Collection[str],
    regions: Collection[str],
    reason: str,
    at: datetime,
) -> ChangeRequest | None:
    """Ask for other roles, another scope or another e-mail of somebody; None where all of it is so already."""
    user = User.objects.get(pk=user_id)
    arguments = {
        "user_id": user_id,
        "email": email.strip().lower(),
        "roles": sorted(roles),
        "business_lines": sorted(business_lines),
        "regions": sorted(regions),
    }
    held = {
        "user_id": user_id,
        "email": user.email,
        "roles": sorted(user.roles),
        "business_lines": sorted(user.business_lines),
        "regions": sorted(user.regions),
    }
    if arguments == held:
        return None
    return propose(actor=actor, command="staff.user.change", arguments=arguments, reason=reason, at=at)


def propose_deactivation(
    *, actor: User, user_ids: Collection[int], reason: str, at: datetime, break_glass: bool = False
) -> ChangeRequest:
    """Ask for accounts to be ended, all by one request; at once with `break_glass`, to be reviewed afterwards."""
    arguments = {"user_ids": sorted(user_ids)}
    return propose(
        actor=actor, command="staff.user.deactivate", arguments=arguments, reason=reason, at=at, break_glass=break_glass
    )


def propose_activation(*, actor: User, user_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Ask for an account to be let in again."""
    return propose(actor=actor, command="staff.user.activate", arguments={"user_id": user_id}, reason=reason, at=at)


def propose_reset(*, actor: User, user_id: int, reason: str, at: datetime, break_glass: bool = False) -> ChangeRequest:
    """Ask for somebody's second factor to be taken away, so that they set up a new one."""
    arguments = {"user_id": user_id}
    return propose(
        actor=actor, command="staff.mfa.reset", arguments=arguments, reason=reason, at=at, break_glass=break_glass
    )
