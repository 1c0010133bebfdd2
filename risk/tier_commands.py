"""Rules of tiers under four eyes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.formats import day as day_text
from risk.models import TierRule
from risk.services.tiers import add_tier_rule, checked_tier_rule
from staff.changes import Arguments, Command, Differences, register_command
from staff.models import ChangeRequest, User

COLUMNS = ("level", "tier", "review_days", "valid_from")


def register() -> None:
    register_command(TIER)


def _fields(arguments: Arguments) -> dict[str, Any]:
    return {**arguments, "valid_from": date.fromisoformat(arguments["valid_from"])}


def _check(*, actor: User, arguments: Arguments) -> None:
    checked_tier_rule(**_fields(arguments))


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(add_tier_rule(actor=actor, reason=request.reason, **_fields(arguments)))


def _before(arguments: Arguments) -> TierRule | None:
    rules = TierRule.objects.in_force(date.fromisoformat(arguments["valid_from"]))
    return rules.filter(level=arguments["level"]).first()


def _describe(arguments: Arguments) -> Differences:
    after, before = TierRule(**_fields(arguments)), _before(arguments)
    shown = [
        (_("Level"), lambda rule: rule.get_level_display()),
        (_("Tier"), lambda rule: str(rule.tier)),
        (_("Reviewed within days"), lambda rule: str(rule.review_days)),
        (_("From"), lambda rule: day_text(rule.valid_from)),
    ]
    return [(label, value(before) if before else "", value(after)) for label, value in shown]


TIER = Command(
    name="risk.tier_rule.add",
    label=gettext_lazy("Add a rule of tiers"),
    permission="risk.add_tierrule",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(TierRule(**_fields(arguments)).get_level_display()),
    version=lambda arguments: str(getattr(_before(arguments), "pk", "")),
    target=lambda arguments: ("", ""),
    check=_check,
    guards={"risk_tierrule": COLUMNS},
    writes=lambda arguments: [{"table": "risk_tierrule", "on": "insert", "key": {}, "values": dict(arguments)}],
)
