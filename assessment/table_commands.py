"""Rules of methods and tables of scales under four eyes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.models import Method, MixRule, ScaleTable
from assessment.services.mixes import add_mix_rule, checked_mix_rule
from assessment.services.scale_tables import add_scale_table, checked_scale_table
from pages.formats import day as day_text
from staff.changes import Arguments, Command, Differences, register_command
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(MIX)
    register_command(TABLE)


def _fields(arguments: Arguments) -> dict[str, Any]:
    return {**arguments, "valid_from": date.fromisoformat(arguments["valid_from"])}


def _check_mix(*, actor: User, arguments: Arguments) -> None:
    checked_mix_rule(**_fields(arguments))


def _add_mix(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(add_mix_rule(actor=actor, reason=request.reason, **_fields(arguments)))


def _mix_before(arguments: Arguments) -> MixRule | None:
    rules = MixRule.objects.in_force(date.fromisoformat(arguments["valid_from"]))
    return rules.filter(data=arguments["data"], novelty=arguments["novelty"]).first()


def methods_text(methods: list[str]) -> str:
    """Methods in words, in their order."""
    return ", ".join(str(Method(method).label) for method in methods)


def _describe_mix(arguments: Arguments) -> Differences:
    after, before = MixRule(**_fields(arguments)), _mix_before(arguments)
    shown = [
        (_("For"), str),
        (_("Methods"), lambda rule: methods_text(rule.methods)),
        (_("Why"), lambda rule: rule.reason),
        (_("From"), lambda rule: day_text(rule.valid_from)),
    ]
    return [(label, value(before) if before else "", value(after)) for label, value in shown]


def _check_table(*, actor: User, arguments: Arguments) -> None:
    checked_scale_table(**_fields(arguments))


def _add_table(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(add_scale_table(actor=actor, reason=request.reason, **_fields(arguments)))


def _table_before(arguments: Arguments) -> ScaleTable | None:
    tables = ScaleTable.objects.in_force(date.fromisoformat(arguments["valid_from"]))
    keys = {name: arguments[name] for name in ("matrix_id", "figure", "currency")}
    return tables.filter(**keys).first()


def _describe_table(arguments: Arguments) -> Differences:
    after, before = ScaleTable(**_fields(arguments)), _table_before(arguments)
    shown = [
        (_("Figure"), str),
        (_("Matrix"), lambda table: str(table.matrix)),
        (_("Steps begin at"), lambda table: " · ".join(table.bounds)),
        (_("From"), lambda table: day_text(table.valid_from)),
        (_("Source"), lambda table: table.source),
    ]
    return [(label, value(before) if before else "", value(after)) for label, value in shown]


MIX = Command(
    name="assessment.mix_rule.add",
    label=gettext_lazy("Add a rule of methods"),
    permission="assessment.add_mixrule",
    execute=_add_mix,
    describe=_describe_mix,
    about=lambda arguments: str(MixRule(**_fields(arguments))),
    version=lambda arguments: str(getattr(_mix_before(arguments), "pk", "")),
    target=lambda arguments: ("", ""),
    check=_check_mix,
    guards={"assessment_mixrule": ("data", "novelty", "methods", "why", "valid_from")},
    writes=lambda arguments: [{"table": "assessment_mixrule", "on": "insert", "key": {}, "values": dict(arguments)}],
)
TABLE = Command(
    name="assessment.scale_table.add",
    label=gettext_lazy("Add a table of a scale"),
    permission="assessment.add_scaletable",
    execute=_add_table,
    describe=_describe_table,
    about=lambda arguments: str(ScaleTable(**_fields(arguments))),
    version=lambda arguments: str(getattr(_table_before(arguments), "pk", "")),
    target=lambda arguments: ("", ""),
    check=_check_table,
    guards={"assessment_scaletable": ("matrix_id", "figure", "currency", "bounds", "valid_from", "source")},
    writes=lambda arguments: [{"table": "assessment_scaletable", "on": "insert", "key": {}, "values": dict(arguments)}],
)
