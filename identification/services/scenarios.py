"""Scenarios: written in revisions that stay, put in use, retired."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import RiskFactor, Scenario, ScenarioRevision, ScenarioShock, ScenarioState
from identification.rules.scenarios import hurdle_to_size
from risk.services.scope import check_line
from staff.models import User

Shocks = Mapping[str, Decimal]


@transaction.atomic
def write_scenario(
    *, actor: User, at: datetime, name: str, kind: str, owner: User, shocks: Shocks, line_id: str | None = None,
    **content: Any,
) -> Scenario:  # fmt: skip
    """Write a scenario as a draft, with its first revision. `content` is narrative, severity, plausibility and
    horizon_months; `shocks` maps codes of factors to sizes in their units."""
    check_line(actor, line_id)
    scenario = Scenario(name=name, kind=kind, owner=owner, line_id=line_id, created_at=at)
    scenario.full_clean(exclude=["reference"])
    name_act("identification.scenario.written")
    scenario.save()
    scenario.refresh_from_db(fields=["reference"])
    _add_revision(scenario, actor, at, shocks, content)
    return scenario


@transaction.atomic
def change_scenario(
    *, actor: User, scenario_id: int, name: str, kind: str, owner: User, line_id: str | None
) -> Scenario:
    """Change what a scenario is called, of which line it is and who owns it; what it says is revised."""
    scenario = locked_scenario(scenario_id)
    check_line(actor, line_id)
    scenario.name, scenario.kind, scenario.owner, scenario.line_id = name, kind, owner, line_id
    scenario.full_clean(exclude=["reference"])
    name_act("identification.scenario.changed")
    scenario.save(update_fields=["name", "kind", "owner", "line"])
    return scenario


@transaction.atomic
def revise_scenario(*, actor: User, scenario_id: int, at: datetime, shocks: Shocks, **content: Any) -> ScenarioRevision:
    """Say anew what happens in a scenario: the next revision. Outcomes keep the revision that was discussed."""
    scenario = locked_scenario(scenario_id)
    name_act("identification.scenario.revised")
    return _add_revision(scenario, actor, at, shocks, content)


@transaction.atomic
def use_scenario(*, actor: User, scenario_id: int) -> Scenario:
    """Put a draft in use; again changes nothing."""
    scenario = locked_scenario(scenario_id)
    if scenario.state == ScenarioState.DRAFT:
        name_act("identification.scenario.used")
        scenario.state = ScenarioState.IN_USE
        scenario.save(update_fields=["state"])
    return scenario


@transaction.atomic
def retire_scenario(*, actor: User, scenario_id: int, reason: str) -> Scenario:
    """Retire a scenario for a reason, which the log keeps; its outcomes stay."""
    scenario = locked_scenario(scenario_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the scenario is retired.")})
    name_act("identification.scenario.retired", reason=reason)
    scenario.state = ScenarioState.RETIRED
    scenario.save(update_fields=["state"])
    return scenario


def locked_scenario(scenario_id: int) -> Scenario:
    """Return a scenario, held until the transaction ends; a retired one is refused."""
    scenario = Scenario.objects.select_for_update(of=["self"]).get(pk=scenario_id)
    if scenario.is_retired:
        raise ValidationError(_("%(reference)s is retired.") % {"reference": scenario.reference})
    return scenario


def _add_revision(
    scenario: Scenario, actor: User, at: datetime, shocks: Shocks, content: dict[str, Any]
) -> ScenarioRevision:
    moved = _checked(shocks)
    number = (scenario.revision.number if scenario.revision else 0) + 1
    revision = ScenarioRevision(scenario=scenario, number=number, written_by=actor, written_at=at, **content)
    revision.full_clean()
    revision.save()
    ScenarioShock.objects.bulk_create(
        ScenarioShock(revision=revision, factor=factor, size=size) for factor, size in moved
    )
    scenario.revision = revision
    scenario.save(update_fields=["revision"])
    return revision


def _checked(shocks: Shocks) -> list[tuple[RiskFactor, Decimal]]:
    """The factors of `shocks` with their sizes; ValidationError names those that there are not or that cannot be."""
    factors = {factor.code: factor for factor in RiskFactor.objects.filter(code__in=shocks)}
    if unknown := sorted(shocks.keys() - factors.keys()):
        raise ValidationError({"shocks": _("There is no factor %(names)s.") % {"names": ", ".join(unknown)}})
    words = {
        "none": _("It moves nothing: leave it out."),
        "below_nothing": _("Nothing falls by more than 100 %."),
        "not_positive": _("Multiply by a number above zero."),
    }
    hurdles = {code: hurdle_to_size(size, factors[code].unit) for code, size in shocks.items()}
    if wrong := [f"{factors[code]}: {words[hurdle]}" for code, hurdle in hurdles.items() if hurdle]:
        raise ValidationError({"shocks": wrong})
    return [(factors[code], size) for code, size in shocks.items()]
