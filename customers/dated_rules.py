"""Tables of rules with a date and a place that are changed on a page, under four eyes.

One line here gives a table its two commands, and two views of a line each their pages (`customers/views/dated_rules.py`).
In a migration stand `SeedPolicy` for both commands and one `GuardedColumns` over `columns_of(model)` for insert, update
and delete. `docs/privacy.md` tells the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import PrivacyRule
from customers.services.dated_rules import (
    ONE_DAY,
    check_confirmation,
    check_rule,
    columns_of,
    confirm_rule,
    ended_by,
    enter_rule,
    keys_of,
    rule_asked_for,
    series_of,
)
from customers.services.suitability_rules import company_day
from pages.formats import day
from staff.changes import Arguments, Command, Differences, Writes, register_command, version_of
from staff.models import ChangeRequest, User


@dataclass(frozen=True)
class RuleBook:
    """A table of dated rules; `name` begins its commands, `list_url` names the page that shows it."""

    model: Any
    name: str
    permission: str
    entering: str | Promise
    confirming: str | Promise
    list_url: str
    title: str | Promise
    who: str | Promise

    @property
    def enter(self) -> str:
        return f"{self.name}.enter"

    @property
    def confirm(self) -> str:
        return f"{self.name}.confirm"

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)


PRIVACY_RULES = RuleBook(
    model=PrivacyRule,
    name="customers.privacy_rule",
    permission="customers.add_privacyrule",
    entering=gettext_lazy("Change a privacy rule"),
    confirming=gettext_lazy("Confirm a privacy rule"),
    list_url="customers:rule_list",
    title=gettext_lazy("Retention and deadlines"),
    who=gettext_lazy("Compliance changes rules."),
)
BOOKS = [PRIVACY_RULES]


def register() -> None:
    for book in BOOKS:
        register_command(_entering(book))
        register_command(_confirming(book))


def _entering(book: RuleBook) -> Command:
    def check(*, actor: User, arguments: Arguments) -> None:
        check_rule(book.model, arguments, today=company_day(timezone.now()))

    def execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
        return str(enter_rule(actor=actor, model=book.model, arguments=arguments, reason=request.reason))

    return Command(
        name=book.enter,
        label=book.entering,
        permission=book.permission,
        execute=execute,
        describe=lambda arguments: _differences(rule_asked_for(book.model, arguments)),
        about=lambda arguments: _called(rule_asked_for(book.model, arguments)),
        version=lambda arguments: version_of(
            series_of(rule_asked_for(book.model, arguments)), "valid_from", "valid_to", "value"
        ),
        target=lambda arguments: ("", ""),
        check=check,
        guards={book.table: columns_of(book.model)},
        writes=_writes_of_entering(book),
    )


def _called(rule: Any) -> str:
    return f"{rule.get_code_display()}, {rule.jurisdiction or _('elsewhere')}"


def _differences(rule: Any) -> Differences:
    """What holds on the day before and from the first day on, and what follows where an end is set."""
    before = series_of(rule).filter(valid_from__lt=rule.valid_from).order_by("-valid_from").first()
    rows: list[tuple[Any, Any, Any]] = [
        (_("Value"), before.span if before else "", rule.span),
        (_("From"), day(before.valid_from) if before else "", day(rule.valid_from)),
        (_("Until"), day(before.valid_to) if before else "", day(rule.valid_to)),
        (_("Source"), before.source if before else "", rule.source),
        (_("Confirmed"), _yes(before and not before.needs_confirmation), _yes(not rule.needs_confirmation)),
    ]
    return [row for row in rows if row[1] != row[2]] or rows[:1]


def _yes(holds: Any) -> str:
    return _("yes") if holds else _("no")


def _writes_of_entering(book: RuleBook) -> Callable[[Arguments], Writes]:
    def writes(arguments: Arguments) -> Writes:
        rule = rule_asked_for(book.model, arguments)
        last = (rule.valid_from - ONE_DAY).isoformat()
        ends = [_update(book, earlier.pk, {"valid_to": last}) for earlier in ended_by(rule)]
        values = {name: arguments[name] for name in (*keys_of(book.model), "value", "unit", "source")}
        values |= {
            "valid_from": rule.valid_from.isoformat(),
            "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
            "needs_confirmation": rule.needs_confirmation,
        }
        return [*ends, {"table": book.table, "on": "insert", "key": {}, "values": values}]

    return writes


def _update(book: RuleBook, pk: int, values: dict[str, Any]) -> dict[str, Any]:
    return {"table": book.table, "on": "update", "key": {"id": pk}, "values": values}


def _confirming(book: RuleBook) -> Command:
    def check(*, actor: User, arguments: Arguments) -> None:
        check_confirmation(book.model, **arguments)

    def execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
        return str(confirm_rule(actor=actor, model=book.model, reason=request.reason, **arguments))

    def rule(arguments: Arguments) -> Any:
        return book.model._default_manager.get(pk=arguments["rule_id"])

    return Command(
        name=book.confirm,
        label=book.confirming,
        permission=book.permission,
        execute=execute,
        describe=lambda arguments: [
            (_("Value"), rule(arguments).span, rule(arguments).span),
            (_("Source"), rule(arguments).source, arguments["source"]),
            (_("Confirmed"), _yes(not rule(arguments).needs_confirmation), _yes(True)),
        ],
        about=lambda arguments: _called(rule(arguments)),
        version=lambda arguments: version_of(
            book.model._default_manager.filter(pk=arguments["rule_id"]), "value", "unit", "source", "needs_confirmation"
        ),
        target=lambda arguments: (book.table, arguments["rule_id"]),
        check=check,
        guards={book.table: columns_of(book.model)},
        writes=lambda arguments: [
            _update(book, arguments["rule_id"], {"source": arguments["source"], "needs_confirmation": False})
        ],
    )
