"""Indicators are defined, changed and given bounds by people; readings keep the bounds that they were taken under."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.measures import MEASURES
from risk.models import Indicator, IndicatorSource, Risk
from risk.services.scope import check_line
from staff.models import ChangeRequest, User
from staff.services.changes import propose

CHANGEABLE = ("name", "description", "risk_class", "line", "owner", "stale_after_days", "is_active")


@transaction.atomic
def record_indicator(*, actor: User, reason: str, risks: Iterable[Risk] = (), **fields: Any) -> Indicator:
    """Define an indicator. `fields` are those of the model; one that reads a measure takes the measure's unit.

    Carried out by the command `risk.indicator.define` alone: a guard refuses it without an approved request.
    """
    indicator = checked_indicator(actor=actor, **fields)
    name_act("risk.indicator.defined", reason=reason)
    indicator.save()
    indicator.risks.set(risks)
    return indicator


def checked_indicator(*, actor: User, **fields: Any) -> Indicator:
    """Return an indicator of these fields, not saved. ValidationError for one that cannot be defined."""
    indicator = Indicator(**fields)
    if indicator.source == IndicatorSource.MANUAL:
        indicator.measure = ""
    else:
        _check_measure(indicator)
    check_line(actor, indicator.line_id)
    indicator.full_clean()
    return indicator


def propose_indicator(
    *, actor: User, reason: str, at: datetime, risks: Iterable[Risk] = (), **fields: Any
) -> ChangeRequest:
    """Ask for an indicator to be defined, its first bounds with it; somebody else approves it."""
    line, owner = fields.pop("line", None), fields.pop("owner", None)
    bounds = {name: format(fields.pop(name), "f") for name in ("amber", "red")}
    arguments = {
        **fields, **bounds, "line_id": line and line.pk, "owner_id": owner and owner.pk, "risks": [risk.pk for risk in risks]
    }  # fmt: skip
    return propose(actor=actor, command="risk.indicator.define", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def change_indicator(
    *, actor: User, indicator_id: int, changes: dict[str, Any], risks: Iterable[Risk] | None = None
) -> Indicator:
    """Change what is written about an indicator, its owner or its risks; source, unit and bounds are not among it."""
    indicator = Indicator.objects.select_for_update(of=["self"]).get(pk=indicator_id)
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValidationError(_("These cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in changes.items():
        setattr(indicator, name, value)
    if indicator.source == IndicatorSource.MEASURE:
        _check_measure(indicator)
    check_line(actor, indicator.line_id)
    indicator.full_clean()
    name_act("risk.indicator.changed")
    indicator.save(update_fields=[*changes])
    if risks is not None:
        indicator.risks.set(risks)
    return indicator


@transaction.atomic
def change_bounds(*, actor: User, indicator_id: int, amber: Decimal, red: Decimal, reason: str) -> Indicator:
    """Give an indicator new bounds, for a reason; they hold from the next reading, and past readings keep theirs.

    Carried out by the command `risk.indicator.bounds` alone: a guard refuses it without an approved request.
    """
    indicator = Indicator.objects.select_for_update(of=["self"]).get(pk=indicator_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the bounds change.")})
    with_bounds(indicator, amber=amber, red=red)
    name_act("risk.indicator.bounds_changed", reason=reason)
    indicator.save(update_fields=["amber", "red"])
    return indicator


def propose_bounds(
    *, actor: User, indicator_id: int, amber: Decimal, red: Decimal, reason: str, at: datetime
) -> ChangeRequest:
    """Ask for new bounds of an indicator; somebody else approves them."""
    arguments = {"indicator_id": indicator_id, "amber": format(amber, "f"), "red": format(red, "f")}
    return propose(actor=actor, command="risk.indicator.bounds", arguments=arguments, reason=reason, at=at)


def with_bounds(indicator: Indicator, *, amber: Decimal, red: Decimal) -> Indicator:
    """Return the indicator with other bounds, not saved. ValidationError where they are the wrong way round."""
    indicator.amber, indicator.red = amber, red
    indicator.full_clean()
    return indicator


def _check_measure(indicator: Indicator) -> None:
    measure = MEASURES.get(indicator.measure)
    if measure is None:
        raise ValidationError({"measure": _("Choose the measure that this indicator reads.")})
    if indicator.line_id and not measure.by_line:
        raise ValidationError({"line": _("This measure is about the whole company: leave the business line empty.")})
    indicator.unit = measure.unit
