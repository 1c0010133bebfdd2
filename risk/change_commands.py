"""What of this room is under four eyes: the bounds of an indicator, its first ones with the indicator itself."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.formats import value_text
from risk.models import Indicator, Risk
from risk.services.indicators import change_bounds, checked_indicator, record_indicator, with_bounds
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(BOUNDS)
    register_command(DEFINE)


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


def _fields(arguments: Arguments) -> dict[str, Any]:
    """What the model is given; the risks stand apart."""
    return {name: value for name, value in arguments.items() if name != "risks"} | _bounds(arguments)


def _check_definition(*, actor: User, arguments: Arguments) -> None:
    checked_indicator(actor=actor, **_fields(arguments))
    if Risk.objects.visible_to(actor).filter(pk__in=arguments["risks"]).count() != len(arguments["risks"]):
        raise PermissionDenied(_("One of these risks is outside your scope."))


def _define(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    risks = Risk.objects.filter(pk__in=arguments["risks"])
    return str(record_indicator(actor=actor, reason=request.reason, risks=risks, **_fields(arguments)))


def _describe_definition(arguments: Arguments) -> Differences:
    indicator = Indicator(**_fields(arguments))
    risks = Risk.objects.filter(pk__in=arguments["risks"]).order_by("reference")
    said: list[tuple[Any, Any]] = [
        (_("Code"), indicator.code),
        (_("Class"), indicator.get_risk_class_display()),
        (_("Business line"), str(indicator.line or _("Whole company"))),
        (_("Source"), indicator.get_source_display()),
        (_("Measure"), indicator.measure),
        (_("Direction"), indicator.get_direction_display()),
        (_("Amber from"), value_text(indicator.amber, indicator.unit)),
        (_("Red from"), value_text(indicator.red, indicator.unit)),
        (_("Owner"), str(indicator.owner or "")),
        (_("Stale after days"), str(indicator.stale_after_days)),
        (_("Description"), indicator.description),
        (_("Risks"), ", ".join(risk.reference for risk in risks)),
    ]
    return [(label, "", value) for label, value in said if value]


DEFINE = Command(
    name="risk.indicator.define",
    label=gettext_lazy("Define an indicator"),
    permission="risk.add_indicator",
    execute=_define,
    describe=_describe_definition,
    about=lambda arguments: arguments["name"],
    version=lambda arguments: version_of(Indicator.objects.filter(code=arguments["code"]), "code"),
    target=lambda arguments: ("", ""),
    check=_check_definition,
    guards={"risk_indicator": ("amber", "red")},
    writes=lambda arguments: [
        {
            "table": "risk_indicator",
            "on": "insert",
            "key": {"code": arguments["code"]},
            "values": {name: arguments[name] for name in ("amber", "red")},
        }  # fmt: skip
    ],
)
