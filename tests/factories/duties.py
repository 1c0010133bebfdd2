"""A conflict of duties that two people accepted."""

from datetime import timedelta

from django.utils import timezone

from risk.models import DutyException
from risk.services.duty_rules import propose_exception, rule_of
from tests.factories.changes import agreed
from tests.factories.staff import UserFactory


def an_accepted_conflict() -> DutyException:
    """Of somebody who is of risk and of product."""
    request = propose_exception(
        actor=UserFactory(role="compliance"), rule_id=rule_of("risk", "product").pk,
        person_id=UserFactory(roles=["risk", "product"]).pk, control_id=None, compensation="Each rating is read again",
        valid_until=timezone.localdate() + timedelta(days=30), reason="Nobody else knows the product", at=timezone.now(),
    )  # fmt: skip
    agreed(request, UserFactory(role="management"))
    return DutyException.objects.get(request=request)
