"""What of this room is under four eyes: the bounds of an indicator."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.formats import value_text
from risk.models import Indicator
from risk.services.indicators import change_bounds, with_bounds
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(BOUNDS)


def _indicator(arguments: Arguments) -> Indicator:
    return Indicator.objects.get(pk=arguments["indicator_id"])


def _bounds(arguments: Arguments) -> dict[str, Any]:
    return {name: Decimal(arguments[name]) for name in ("amber", "red")}


def _check(*, actor: User, arguments: Arguments) -> None:
    if not Indicator.objects.visible_to(actor).filter(pk=arguments["indicator_id"]).exists():
        raise PermissionDenied(_("This indicator is outside your scope."))
    with_bounds(_indicator(arguments), **_bounds(arguments))


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(
        change_bounds(actor=actor, indicator_id=arguments["indicator_id"], reason=request.reason, **_bounds(arguments))
    )


def _describe(arguments: Arguments) -> Differences:
    indicator, bounds = _indicator(arguments), _bounds(arguments)
    rows = [(_("Amber from"), indicator.amber, bounds["amber"]), (_("Red from"), indicator.red, bounds["red"])]
    return [
        (label, value_text(before, indicator.unit), value_text(after, indicator.unit)) for label, before, after in rows
    ]


BOUNDS = Command(
    name="risk.indicator.bounds",
    label=gettext_lazy("Change the bounds of an indicator"),
    permission="risk.change_indicator",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(_indicator(arguments)),
    version=lambda arguments: version_of(Indicator.objects.filter(pk=arguments["indicator_id"]), "amber", "red"),
    target=lambda arguments: ("risk_indicator", arguments["indicator_id"]),
    check=_check,
    guards={"risk_indicator": ("amber", "red")},
)
