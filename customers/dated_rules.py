"""Tables of rules with a date that are changed on a page, under four eyes.

One line here gives a table its commands, and lines of `urls.py` their pages (`customers/views/dated_rules.py`). In a migration
stand `SeedPolicy` for both commands and one `GuardedColumns` over `columns_of(model)` for insert, update and delete; a table
without `needs_confirmation` has no command that confirms. `docs/privacy.md` tells the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CoolingOffRule, KycRule, MatchLimit, MatchWeight, PrivacyRule, SuitabilityRule
from customers.services.dated_rules import (
    DAYS,
    ONE_DAY,
    check_confirmation,
    check_rule,
    columns_of,
    confirm_rule,
    ended_by,
    enter_rule,
    keys_of,
    rule_asked_for,
    said_of,
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
    def commands(self) -> list[str]:
        return [self.enter, self.confirm] if self.confirming else [self.enter]

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
KYC_RULES = RuleBook(
    model=KycRule,
    name="customers.kyc_rule",
    permission="customers.add_kycrule",
    entering=gettext_lazy("Change a KYC rule"),
    confirming=gettext_lazy("Confirm a KYC rule"),
    list_url="customers:kyc_rule_list",
    title=gettext_lazy("KYC rules"),
    who=gettext_lazy("Compliance changes rules."),
)
SUITABILITY_RULES = RuleBook(
    model=SuitabilityRule,
    name="customers.suitability_rule",
    permission="customers.add_suitabilitymatrix",
    entering=gettext_lazy("Change a suitability rule"),
    confirming=gettext_lazy("Confirm a suitability rule"),
    list_url="customers:suitability_matrix",
    title=gettext_lazy("Suitability"),
    who=gettext_lazy("Risk and compliance change rules of suitability."),
)
COOLING_OFF_RULES = RuleBook(
    model=CoolingOffRule,
    name="customers.cooling_off_rule",
    permission="customers.add_suitabilitymatrix",
    entering=gettext_lazy("Change a cooling-off period"),
    confirming=gettext_lazy("Confirm a cooling-off period"),
    list_url="customers:suitability_matrix",
    title=gettext_lazy("Suitability"),
    who=gettext_lazy("Risk and compliance change rules of suitability."),
)
MATCH_WEIGHTS = RuleBook(
    model=MatchWeight,
    name="customers.match_weight",
    permission="customers.find_duplicates",
    entering=gettext_lazy("Change a weight"),
    confirming="",
    list_url="customers:duplicate_runs",
    title=gettext_lazy("Searches and weights"),
    who=gettext_lazy("The head of customer service and compliance change what agreement weighs."),
)
MATCH_LIMITS = RuleBook(
    model=MatchLimit,
    name="customers.match_limit",
    permission="customers.find_duplicates",
    entering=gettext_lazy("Change a limit"),
    confirming="",
    list_url="customers:duplicate_runs",
    title=gettext_lazy("Searches and weights"),
    who=gettext_lazy("The head of customer service and compliance change what agreement weighs."),
)
BOOKS = [PRIVACY_RULES, KYC_RULES, SUITABILITY_RULES, COOLING_OFF_RULES, MATCH_WEIGHTS, MATCH_LIMITS]


def register() -> None:
    for book in BOOKS:
        register_command(_entering(book))
        if book.confirming:
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
        about=lambda arguments: called(rule_asked_for(book.model, arguments)),
        version=lambda arguments: version_of(series_of(rule_asked_for(book.model, arguments)), *columns_of(book.model)),
        target=lambda arguments: ("", ""),
        check=check,
        guards={book.table: columns_of(book.model)},
        writes=_writes_of_entering(book),
    )


def called(rule: Any) -> str:
    """What a rule is about, by its keys in words."""
    return ", ".join(filter(None, (_key_in_words(rule, key) for key in keys_of(type(rule)))))


def _key_in_words(rule: Any, key: str) -> str:
    shown = getattr(rule, f"get_{key}_display", None)
    if shown is not None:
        return str(shown())
    if key == "jurisdiction":
        return rule.jurisdiction or _("elsewhere")
    return str(getattr(rule, key) or "")


def _differences(rule: Any) -> Differences:
    """What holds on the day before and from the first day on, and what follows where an end is set."""
    before = series_of(rule).filter(valid_from__lt=rule.valid_from).order_by("-valid_from").first()
    rows: list[tuple[Any, Any, Any]] = [
        (_("Value"), before.span if before else "", rule.span),
        *((name, shown(before) if before else "", shown(rule)) for name, shown in _told(type(rule))),
    ]
    return [row for row in rows if row[1] != row[2]] or rows[:1]


def _told(model: Any) -> list[tuple[str, Callable[[Any], Any]]]:
    """What of a rule is told beside its value, as far as the table has it."""
    every: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "event": (_("Counted from"), lambda rule: rule.get_event_display()),
        "longer_than_months": (_("Only contracts longer than, months"), lambda rule: rule.longer_than_months or ""),
        "valid_from": (_("From"), lambda rule: day(rule.valid_from)),
        "valid_to": (_("Until"), lambda rule: day(rule.valid_to)),
        "source": (_("Source"), lambda rule: rule.source),
        "needs_confirmation": (_("Confirmed"), lambda rule: _yes(not rule.needs_confirmation)),
    }
    return [told for name, told in every.items() if name in columns_of(model)]


def _yes(holds: Any) -> str:
    return _("yes") if holds else _("no")


def _writes_of_entering(book: RuleBook) -> Callable[[Arguments], Writes]:
    def writes(arguments: Arguments) -> Writes:
        rule = rule_asked_for(book.model, arguments)
        last = (rule.valid_from - ONE_DAY).isoformat()
        ends = [_update(book, earlier.pk, {"valid_to": last}) for earlier in ended_by(rule)]
        values = {name: arguments[name] for name in said_of(book.model)}
        for name in (name for name in DAYS if name in columns_of(book.model)):
            first_or_last = getattr(rule, name)
            values[name] = first_or_last.isoformat() if first_or_last else None
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
        about=lambda arguments: called(rule(arguments)),
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
