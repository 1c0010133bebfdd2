"""What people who discussed a scenario expect of it."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import ScenarioOutcome, ScenarioState
from identification.services.scenarios import locked_scenario
from risk.models import Risk
from risk.rules.ratings import judge
from risk.services.register import cells_of, matrix_in_force
from staff.models import User


@transaction.atomic
def record_outcome(
    *,
    actor: User,
    scenario_id: int,
    held_on: date,
    participants: Collection[User],
    expected: str,
    currency: str,
    loss_low: Decimal,
    loss_likely: Decimal,
    loss_high: Decimal,
    likelihood: int,
    impact: int,
    response: str,
    at: datetime,
    risk: Risk | None = None,
) -> ScenarioOutcome:
    """Record what people expect of a scenario in use for one risk, or for something that the register lacks.

    It is of the newest revision, and suggests a place of the matrix in force on the day of the discussion, which lies
    not ahead. It rates nothing: who judges the risk reads it."""
    scenario = locked_scenario(scenario_id)
    if scenario.state != ScenarioState.IN_USE:
        raise ValidationError(
            _("%(reference)s is still a draft: put it in use first.") % {"reference": scenario.reference}
        )
    if risk and not Risk.objects.visible_to(actor).filter(pk=risk.pk).exists():
        raise PermissionDenied(_("This is outside your scope."))
    if held_on > timezone.localdate(at):
        raise ValidationError({"held_on": _("A discussion that lies ahead has no outcome yet.")})
    if not participants:
        raise ValidationError({"participants": _("Say who took part.")})
    matrix = matrix_in_force(held_on)
    try:
        found = judge(cells_of(matrix), likelihood=likelihood, impact=impact)
    except ValueError as error:
        raise ValidationError({"likelihood": _("This place is not in the matrix of that day.")}) from error
    outcome = ScenarioOutcome(
        revision=scenario.revision, risk=risk, held_on=held_on, expected=expected.strip(), currency=currency,
        loss_low=loss_low, loss_likely=loss_likely, loss_high=loss_high, matrix=matrix, likelihood=likelihood,
        impact=impact, score=found.score, level=found.level, response=response.strip(), recorded_by=actor, recorded_at=at,
    )  # fmt: skip
    outcome.full_clean()
    name_act("identification.outcome.recorded", reason=expected)
    outcome.save()
    outcome.participants.set(participants)
    return outcome
