"""What of the scales is under four eyes: a revision of the appetite, and a matrix that comes into force."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.formats import day as day_text
from risk.models import AppetiteStatement, RiskMatrix
from risk.services.appetite import checked_statement, revise_appetite
from risk.services.matrices import checked_matrix, put_in_force
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(APPETITE)
    register_command(MATRIX)


def _fields(arguments: Arguments) -> dict[str, Any]:
    return {**arguments, "valid_from": date.fromisoformat(arguments["valid_from"])}


def _check(*, actor: User, arguments: Arguments) -> None:
    checked_statement(actor=actor, **_fields(arguments))


def _revise(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(revise_appetite(actor=actor, reason=request.reason, **_fields(arguments)))


def _before(arguments: Arguments) -> AppetiteStatement | None:
    asked = {name: arguments[name] for name in ("risk_class", "line_id", "team_id")}
    given = {name: value for name, value in asked.items() if value is not None}
    empty = {f"{name}__isnull": True for name, value in asked.items() if value is None}
    older = AppetiteStatement.objects.filter(**given, **empty, valid_from__lte=arguments["valid_from"])
    return older.order_by("-valid_from", "-pk").first()


def _describe(arguments: Arguments) -> Differences:
    after, before = AppetiteStatement(**_fields(arguments)), _before(arguments)
    shown = [
        (_("Class"), lambda one: one.get_risk_class_display()),
        (_("Business line"), lambda one: str(one.line or _("Whole company"))),
        (_("Unit"), lambda one: str(one.team or _("All units"))),
        (_("Statement"), lambda one: one.statement),
        (_("Highest residual level taken"), lambda one: one.get_tolerance_display()),
        (_("The unit's lead hears after days"), lambda one: str(one.lead_after_days)),
        (_("Management hears after days"), lambda one: str(one.management_after_days)),
        (_("From"), lambda one: day_text(one.valid_from)),
    ]
    return [(label, value(before) if before else "", value(after)) for label, value in shown]


APPETITE = Command(
    name="risk.appetite.revise",
    label=gettext_lazy("Revise the appetite for risk"),
    permission="risk.add_appetitestatement",
    execute=_revise,
    describe=_describe,
    about=lambda arguments: str(AppetiteStatement(**_fields(arguments))),
    version=lambda arguments: str(getattr(_before(arguments), "pk", "")),
    target=lambda arguments: ("", ""),
    check=_check,
    guards={
        "risk_appetitestatement": (
            "risk_class", "line_id", "team_id", "statement", "tolerance", "lead_after_days", "management_after_days",
            "valid_from",
        )
    },
    writes=lambda arguments: [
        {"table": "risk_appetitestatement", "on": "insert", "key": {}, "values": dict(arguments)}
    ],
)  # fmt: skip


def _day(arguments: Arguments) -> date:
    return date.fromisoformat(arguments["in_force_from"])


def _check_matrix(*, actor: User, arguments: Arguments) -> None:
    checked_matrix(matrix_id=arguments["matrix_id"], day=_day(arguments))


def _begin(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(put_in_force(actor=actor, matrix_id=arguments["matrix_id"], day=_day(arguments), reason=request.reason))


def _describe_matrix(arguments: Arguments) -> Differences:
    matrix = RiskMatrix.objects.get(pk=arguments["matrix_id"])
    rows = [
        (_("In force from"), "", day_text(_day(arguments))),
        (_("Likelihood"), "", ", ".join(matrix.likelihood_labels)),
        (_("Impact"), "", ", ".join(matrix.impact_labels)),
    ]
    mapped = [
        (
            _("Ratings at %(place)s") % {"place": f"{one.old_likelihood} × {one.old_impact}"},
            f"{one.old_likelihood} × {one.old_impact}",
            f"{one.likelihood} × {one.impact}",
        )
        for one in matrix.mappings.all()
    ]
    return [*rows, *mapped]


MATRIX = Command(
    name="risk.matrix.in_force",
    label=gettext_lazy("Put a risk matrix in force"),
    permission="risk.add_riskmatrix",
    execute=_begin,
    describe=_describe_matrix,
    about=lambda arguments: str(RiskMatrix.objects.get(pk=arguments["matrix_id"])),
    version=lambda arguments: version_of(
        RiskMatrix.objects.filter(pk=arguments["matrix_id"]), "in_force_from"
    ) + ";".join(map(str, RiskMatrix.objects.get(pk=arguments["matrix_id"]).mappings.all())),
    target=lambda arguments: ("risk_riskmatrix", arguments["matrix_id"]),
    check=_check_matrix,
    guards={"risk_riskmatrix": ("in_force_from",)},
)  # fmt: skip
