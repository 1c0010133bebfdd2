"""Who may judge a change: holders of the policy's permission, and whoever stands in for one; never its maker."""

from datetime import datetime

from django.db.models import Q, QuerySet

from staff.changes import kept_from
from staff.grants import all_grants
from staff.models import ChangePolicy, ChangeRequest, Delegation, User


def policies_in_force(at: datetime) -> dict[str, ChangePolicy]:
    """Return `{command: policy}` of what holds at `at`."""
    return {policy.command: policy for policy in ChangePolicy.objects.in_force(at)}


def authority_of(user: User, request: ChangeRequest, at: datetime) -> User | None:
    """Return whose right `user` would use on a request: their own, a giver's, or None where they have none left.

    The maker's right counts for nothing, in nobody's hands, and a right that has been used is used up. Whom it is kept
    from has none, and nobody uses theirs.
    """
    kept = kept_from(request)
    if user.pk == request.maker_id or user.pk in kept or not user.is_active:
        return None
    used = {approval.authority_id for approval in request.approvals.all()}
    if user.has_perm(request.policy.check_permission):
        return user if user.pk not in used else None
    for delegation in _taken(user, at):
        spent = used | kept | {request.maker_id}
        fits = delegation.command in ("", request.command) and delegation.giver_id not in spent
        if fits and delegation.giver.has_perm(request.policy.check_permission):
            return delegation.giver
    return None


def checkable_commands(user: User, at: datetime) -> set[str]:
    """Return the commands whose requests `user` may judge at `at`, by their own right or somebody else's."""
    policies, taken = policies_in_force(at), list(_taken(user, at))
    return {
        command
        for command, policy in policies.items()
        if user.has_perm(policy.check_permission)
        or any(
            delegation.command in ("", command) and delegation.giver.has_perm(policy.check_permission)
            for delegation in taken
        )
    }


def _taken(user: User, at: datetime) -> QuerySet[Delegation]:
    return Delegation.objects.in_force(at).filter(taker=user).prefetch_related("giver__groups").order_by("pk")


def holders_of(permission: str) -> QuerySet[User]:
    """Return the active people who hold a permission, by a role or by themselves."""
    app, _dot, codename = permission.partition(".")
    by_role = Q(groups__name__in=all_grants().get(permission, frozenset()))
    alone = Q(user_permissions__content_type__app_label=app, user_permissions__codename=codename)
    # By subqueries: a join would give somebody of two roles twice.
    held = User.objects.filter(by_role | alone).values("pk")
    return User.objects.active().filter(pk__in=held)


def checkers_of(request: ChangeRequest, at: datetime) -> list[User]:
    """Return everybody who could still judge a request: holders and those who stand in for them."""
    kept = kept_from(request)
    holders = holders_of(request.policy.check_permission).exclude(pk__in={request.maker_id, *kept}).values("pk")
    standing_in = Delegation.objects.in_force(at).filter(command__in=["", request.command], giver__in=holders)
    people = User.objects.active().filter(Q(pk__in=holders) | Q(pk__in=standing_in.values("taker")))
    judged = {approval.checker_id for approval in request.approvals.all()}
    return list(people.exclude(pk__in=judged | kept | {request.maker_id}).order_by("full_name", "pk"))
