"""Rules of segregated duties and their exceptions under four eyes."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pages.formats import day
from risk.models import ConflictRule, Control
from risk.services.duty_rules import (
    checked_exception,
    checked_rule,
    duty_names,
    rule_of,
    write_exception,
    write_rule,
)
from staff.changes import Arguments, Command, Concealment, Differences, register_command, register_concealment
from staff.models import ChangeRequest, User

RULE_COLUMNS = ("first", "second", "severity", "reasons", "is_retired")
EXCEPTION_COLUMNS = ("rule_id", "person_id", "control_id", "compensation", "valid_from", "valid_until")


def register() -> None:
    register_command(RULE)
    register_command(EXCEPTION)
    register_concealment(Concealment(_about, _holder_of))


def _about(user: User) -> Q:
    """Exceptions asked for the person: they neither judge nor see these."""
    return Q(command=EXCEPTION.name, target_table="staff_user", target_pk=str(user.pk))


def _holder_of(request: ChangeRequest) -> list[int]:
    return [int(request.target_pk)] if request.command == EXCEPTION.name else []


def _rule(arguments: Arguments) -> ConflictRule | None:
    return rule_of(arguments["first"], arguments["second"])


def _check_rule(*, actor: User, arguments: Arguments) -> None:
    checked_rule(**arguments)


def _set_rule(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(write_rule(actor=actor, reason=request.reason, **arguments))


def _said(rule: ConflictRule | None) -> list[str]:
    if rule is None:
        return ["", "", ""]
    return [
        str(rule.get_severity_display()),
        rule.reasons.get(get_language() or "en") or rule.reasons.get("en", ""),
        _("Retired") if rule.is_retired else _("In force"),
    ]


def _describe_rule(arguments: Arguments) -> Differences:
    labels = [_("Severity"), _("Why"), _("State")]
    return list(zip(labels, _said(_rule(arguments)), _said(ConflictRule(**arguments)), strict=True))


def _pair(arguments: Arguments) -> str:
    names = duty_names()
    return " × ".join(names.get(arguments[side], arguments[side]) for side in ("first", "second"))


def _rule_version(arguments: Arguments) -> str:
    rule = _rule(arguments)
    return f"{rule.pk} {rule.severity} {rule.is_retired} {sorted(rule.reasons.items())}" if rule else ""


def _rule_writes(arguments: Arguments) -> list[dict[str, Any]]:
    rule = _rule(arguments)
    return [
        {
            "table": "risk_conflictrule",
            "on": "update" if rule else "insert",
            "key": {"id": rule.pk} if rule else {},
            "values": dict(arguments),
        }
    ]


RULE = Command(
    name="risk.conflict_rule.set",
    label=gettext_lazy("Set a rule of segregated duties"),
    permission="risk.change_conflictrule",
    execute=_set_rule,
    describe=_describe_rule,
    about=_pair,
    version=_rule_version,
    target=lambda arguments: ("risk_conflictrule", rule.pk) if (rule := _rule(arguments)) else ("", ""),
    check=_check_rule,
    guards={"risk_conflictrule": RULE_COLUMNS},
    writes=_rule_writes,
)


def _days(arguments: Arguments) -> dict[str, Any]:
    return {**arguments, **{name: date.fromisoformat(arguments[name]) for name in ("valid_from", "valid_until")}}


def _check_exception(*, actor: User, arguments: Arguments) -> None:
    checked_exception(actor=actor, **_days(arguments))


def _accept(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(write_exception(actor=actor, request=request, **_days(arguments)))


def _describe_exception(arguments: Arguments) -> Differences:
    rule = ConflictRule.objects.get(pk=arguments["rule_id"])
    control = Control.objects.filter(pk=arguments["control_id"]).first()
    said = [
        (_("Duties"), _pair({"first": rule.first, "second": rule.second})),
        (_("Compensating control"), str(control or "")),
        (_("What makes up for it"), arguments["compensation"]),
        (_("From"), day(date.fromisoformat(arguments["valid_from"]))),
        (_("Until"), day(date.fromisoformat(arguments["valid_until"]))),
    ]
    return [(label, "", value) for label, value in said if value]


EXCEPTION = Command(
    name="risk.duty_exception.accept",
    label=gettext_lazy("Accept a conflict of duties"),
    permission="risk.add_dutyexception",
    execute=_accept,
    describe=_describe_exception,
    about=lambda arguments: str(User.objects.get(pk=arguments["person_id"])),
    version=lambda arguments: "",
    target=lambda arguments: ("staff_user", arguments["person_id"]),
    check=_check_exception,
    guards={"risk_dutyexception": EXCEPTION_COLUMNS},
    writes=lambda arguments: [{"table": "risk_dutyexception", "on": "insert", "key": {}, "values": dict(arguments)}],
)
