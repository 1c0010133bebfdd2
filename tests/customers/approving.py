"""An erasure and a package that a second person has agreed to."""

from django.utils import timezone

from customers.models import Erasure
from customers.privacy_commands import ERASE
from staff.models import ChangeRequest
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed


def approved(officer, request) -> Erasure:
    """Return the erasure that `officer` asked for and another one approved."""
    assert (made := approve_command(officer, ERASE, request)).state == "executed", made.error
    return Erasure.objects.get(request=request)


def approve_command(officer, command: str, request) -> ChangeRequest:
    asked = propose(
        actor=officer,
        command=command,
        arguments={"request_id": request.pk},
        reason="The law says so.",
        at=timezone.now(),
    )
    return agreed(asked, UserFactory(role="compliance"))
