"""Rules of notice under four eyes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import NoticeRule
from incidents.services.notice_rules import add_rule, checked_rule
from pages.formats import day
from staff.changes import Arguments, Command, Differences
from staff.models import ChangeRequest, User

COLUMNS = ("kind", "jurisdiction", "told", "hours", "valid_from", "valid_to", "source", "needs_confirmation")


def _fields(arguments: Arguments) -> dict[str, Any]:
    days = {
        name: date.fromisoformat(arguments[name]) if arguments[name] else None for name in ("valid_from", "valid_to")
    }
    return {name: arguments[name] for name in COLUMNS} | days


def _check(*, actor: User, arguments: Arguments) -> None:
    checked_rule(**_fields(arguments))


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(add_rule(actor=actor, reason=request.reason, **_fields(arguments)))


def _before(arguments: Arguments) -> NoticeRule | None:
    """The rule of the same sort that is in force on the day on which the new one begins."""
    same = {name: arguments[name] for name in ("kind", "jurisdiction", "told")}
    rules = NoticeRule.objects.in_force(date.fromisoformat(arguments["valid_from"])).filter(**same)
    return rules.order_by("-valid_from").first()


def _describe(arguments: Arguments) -> Differences:
    after, before = NoticeRule(**_fields(arguments)), _before(arguments)
    shown = [
        (_("Kind"), lambda rule: rule.get_kind_display() if rule.kind else _("every incident")),
        (_("Jurisdiction"), lambda rule: rule.jurisdiction or _("everywhere")),
        (_("Told to"), lambda rule: rule.get_told_display()),
        (_("Within"), lambda rule: rule.span),
        (_("From"), lambda rule: day(rule.valid_from)),
        (_("Until"), lambda rule: day(rule.valid_to)),
        (_("Source"), lambda rule: rule.source),
        (_("Needs confirmation"), lambda rule: _("yes") if rule.needs_confirmation else _("no")),
    ]
    return [(label, value(before) if before else "", value(after)) for label, value in shown]


NOTICE = Command(
    name="incidents.notice_rule.add",
    label=gettext_lazy("Add a rule of notice"),
    permission="incidents.add_noticerule",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(NoticeRule(**_fields(arguments))),
    version=lambda arguments: str(getattr(_before(arguments), "pk", "")),
    target=lambda arguments: ("", ""),
    check=_check,
    guards={"incidents_noticerule": COLUMNS},
    writes=lambda arguments: [
        {"table": "incidents_noticerule", "on": "insert", "key": {}, "values": dict(arguments)}
    ],
)  # fmt: skip
