"""Change requests, asked for and agreed to as people would."""

from django.utils import timezone

from staff.changes import command_named
from staff.models import ChangePolicy, ChangeRequest, User
from staff.services.account_changes import propose_access
from staff.services.changes import approve, execute_approved, recorded
from tests.factories.staff import UserFactory


def promotion(maker: User, person: User, roles=("risk",), **fields) -> ChangeRequest:
    """A request to change somebody's roles."""
    kept = {
        "email": person.email, "roles": roles, "business_lines": person.business_lines, "regions": person.regions,
        "reason": "Promoted", **fields,
    }  # fmt: skip
    made = propose_access(actor=maker, user_id=person.pk, at=timezone.now(), **kept)
    assert made is not None
    return made


def a_change(maker: User) -> ChangeRequest:
    """A request of somebody, whether or not they hold the right to make one, as it was left by who held it then."""
    return recorded(
        maker, command_named("staff.user.activate"), {"user_id": UserFactory(role="service", is_active=False).pk},
        ChangePolicy.objects.in_force(timezone.now()).get(command="staff.user.activate"), at=timezone.now(),
        reason="Came back", break_glass=False,
    )  # fmt: skip


def agreed(request: ChangeRequest, *checkers: User) -> ChangeRequest:
    """Let `checkers` approve a request, carry it out, and return it."""
    for checker in checkers:
        approve(actor=checker, request_id=request.pk, at=timezone.now())
    return execute_approved(request_id=request.pk, at=timezone.now())
