"""Accounts of staff: made, changed and ended by administrators, never by oneself.

What gives or takes rights is proposed (`staff.services.account_changes`), and these functions carry it out once it is
approved.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import ApiToken, Team, User
from staff.rules.people import escalates_self, leaves_no_administrator
from staff.rules.roles import Role
from staff.services.sessions import end_sessions_of
from staff.tasks.notifications import send_password_link_task


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    email: str,
    full_name: str,
    roles: Collection[str],
    teams: Iterable[Team] = (),
    business_lines: Collection[str] = (),
    regions: Collection[str] = (),
    language: str = "en",
    password: str | None = None,
    user_id: int | None = None,
    at: datetime,
) -> User:
    """Make an account. Without a password, its person is sent a link to set one. `actor` is None for an operator's
    command. Guards refuse its roles without an approved request, but for the first two administrators.
    """
    if actor is not None and not actor.has_perm("staff.add_user"):
        raise PermissionDenied(_("Only an administrator makes accounts."))
    name_act("staff.user.created")
    user = User(pk=user_id, email=email.strip().lower(), full_name=full_name.strip(), language=language)
    user.business_lines, user.regions = sorted(business_lines), sorted(regions)
    user.set_password(password)
    user.full_clean()
    user.save(force_insert=True)
    _set_roles(user, roles)
    user.teams.set(teams)
    if password is None:
        _ask_for_link(user, at)
    return user


@transaction.atomic
def change_user(*, actor: User, user_id: int, full_name: str, teams: Iterable[Team]) -> User:
    """Change somebody's name and teams. What they may do and see is changed by `change_access`, under four eyes."""
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator changes accounts."))
    user = _locked(user_id)
    name_act("staff.user.changed")
    user.full_name = full_name.strip()
    user.clean_fields(exclude={field.name for field in User._meta.fields} - {"full_name"})
    user.save(update_fields=["full_name"])
    user.teams.set(teams)
    return user


@transaction.atomic
def change_access(
    *,
    actor: User,
    user_id: int,
    email: str,
    roles: Collection[str],
    business_lines: Collection[str],
    regions: Collection[str],
    reason: str = "",
) -> User:
    """Change by which e-mail somebody signs in, what they may do and what they see; nobody does so for themselves.

    Carried out by the command `staff.user.change` alone: guards refuse it without an approved request.
    """
    user = _locked(user_id)
    check_access(actor=actor, user=user, email=email, roles=roles, business_lines=business_lines, regions=regions)
    name_act("staff.user.changed", reason=reason)
    user.email = email.strip().lower()
    user.business_lines, user.regions = sorted(business_lines), sorted(regions)
    user.full_clean()
    user.save(update_fields=["email", "business_lines", "regions"])
    # allauth finds people by these addresses too: an old one must not receive a link to a new password.
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    _set_roles(user, roles)
    return user


def check_access(
    *,
    actor: User,
    user: User,
    email: str,
    roles: Collection[str],
    business_lines: Collection[str],
    regions: Collection[str],
) -> None:
    """Raise PermissionDenied or ValidationError for what must not even be asked."""
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator changes accounts."))
    check_roles(roles)
    _check_own(actor, user, roles, business_lines, regions)
    _check_administrators(user, roles, active=user.is_active)
    if User.objects.filter(email__iexact=email.strip()).exclude(pk=user.pk).exists():
        raise ValidationError({"email": _("This e-mail is already in use.")})


@transaction.atomic
def deactivate_user(*, actor: User, user_id: int, reason: str, at: datetime) -> User:
    """End an account: no sign-in, and every session and API token of it ends at once. Its history stays.

    The password goes too, because sessions hang on it; whoever comes back is sent a link to set a new one.
    """
    user = _locked(user_id)
    check_deactivation(actor=actor, user=user)
    name_act("staff.user.deactivated", reason=reason)
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    ApiToken.objects.filter(owner=user, revoked_at__isnull=True).update(revoked_at=at)
    end_sessions_of(actor=actor, user=user, at=at)
    return user


def check_deactivation(*, actor: User, user: User) -> None:
    """Raise PermissionDenied or ValidationError where an account must not be ended."""
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator deactivates accounts."))
    if user.pk == actor.pk:
        raise ValidationError(_("You cannot deactivate your own account; ask another administrator."))
    if not user.is_active:
        raise ValidationError(_("This account is not active."))
    _check_administrators(user, user.roles, active=False)


@transaction.atomic
def activate_user(*, actor: User, user_id: int, reason: str, at: datetime) -> User:
    """Let somebody back in, and send them the link with which they set a password."""
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator activates accounts."))
    user = _locked(user_id)
    if user.is_active:
        raise ValidationError(_("This account is already active."))
    name_act("staff.user.activated", reason=reason)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _ask_for_link(user, at)
    return user


@transaction.atomic
def reset_second_factor(*, actor: User, user_id: int, reason: str) -> User:
    """Take somebody's authenticators and recovery codes away, so that they set up new ones; their sessions stay."""
    user = _locked(user_id)
    check_second_factor(actor=actor, user=user)
    name_act("staff.user.second_factor_reset", reason=reason)
    Authenticator.objects.filter(user=user).delete()
    return user


def check_second_factor(*, actor: User, user: User) -> None:
    """Raise PermissionDenied or ValidationError where nothing is to be reset."""
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator resets a second factor."))
    if user.pk == actor.pk:
        raise ValidationError(_("You change your own second factor in your profile."))
    if not Authenticator.objects.filter(user=user).exists():
        raise ValidationError(_("This account has no second factor."))


@transaction.atomic
def invite_user(*, actor: User, user_id: int, at: datetime) -> User:
    """Send somebody a link with which they set their password; a link sent before it still works until one is used."""
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator sends password links."))
    user = _locked(user_id)
    if not user.is_active:
        raise ValidationError(_("This account is not active; activate it first."))
    name_act("staff.user.invited")
    _ask_for_link(user, at)
    return user


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=["self"]).get(pk=user_id)


def _ask_for_link(user: User, at: datetime) -> None:
    user.invited_at = at
    user.save(update_fields=["invited_at"])
    send_password_link_task.delay_on_commit(user.pk)


def check_roles(roles: Collection[str]) -> None:
    unknown = set(roles) - set(Role.values)
    if unknown:
        raise ValidationError({"roles": _("There is no role %(role)s.") % {"role": ", ".join(sorted(unknown))}})


def _set_roles(user: User, roles: Collection[str]) -> None:
    check_roles(roles)
    # A migration made the groups; one that an operator has deleted comes back with its first holder.
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in sorted(roles)])
    user.__dict__.pop("roles", None)


def _check_own(
    actor: User, user: User, roles: Collection[str], lines: Collection[str], regions: Collection[str]
) -> None:
    own = {"actor_id": actor.pk, "person_id": user.pk}
    if escalates_self(**own, before=user.roles, after=roles):
        raise ValidationError({"roles": _("Nobody changes their own roles; ask another administrator.")})
    if escalates_self(**own, before=user.business_lines, after=lines) or escalates_self(
        **own, before=user.regions, after=regions
    ):
        raise ValidationError(_("Nobody changes their own scope; ask another administrator."))


def _check_administrators(user: User, roles: Collection[str], *, active: bool) -> None:
    # Locked, so that two administrators cannot strip each other in the same moment.
    list(Group.objects.select_for_update().filter(name=Role.ADMINISTRATOR))
    others = User.objects.active().in_role(Role.ADMINISTRATOR).exclude(pk=user.pk).count()
    if leaves_no_administrator(others=others, was=user.roles if user.is_active else (), becomes=roles, active=active):
        raise ValidationError(_("This is the last active administrator. Make another one first."))
