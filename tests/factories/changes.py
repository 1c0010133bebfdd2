"""Change requests, asked for and agreed to as people would."""

from django.utils import timezone

from staff.models import ChangeRequest, User
from staff.services.account_changes import propose_access
from staff.services.changes import approve, execute_approved


def promotion(maker: User, person: User, roles=("risk",), **fields) -> ChangeRequest:
    """A request to change somebody's roles."""
    kept = {
        "email": person.email, "roles": roles, "business_lines": person.business_lines, "regions": person.regions,
        "reason": "Promoted", **fields,
    }  # fmt: skip
    made = propose_access(actor=maker, user_id=person.pk, at=timezone.now(), **kept)
    assert made is not None
    return made


def agreed(request: ChangeRequest, *checkers: User) -> ChangeRequest:
    """Let `checkers` approve a request, carry it out, and return it."""
    for checker in checkers:
        approve(actor=checker, request_id=request.pk, at=timezone.now())
    return execute_approved(request_id=request.pk, at=timezone.now())
