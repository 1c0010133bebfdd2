"""Commands that need four eyes, and what each one says about itself.

In an `AppConfig.ready` of an upper room:

    from staff.changes import Command, register_command
    register_command(Command(
        name="customers.erase", label=_("Erase a customer"), permission="customers.erase",
        execute=erase_customer, describe=describe_erasure, version=version_of_customer,
        target=lambda arguments: ("customers_customer", arguments["customer_id"]),
        guards={"customers_customer": ("erased_at",)},
    ))

and in its migrations `SeedPolicy("customers.erase", "customers.check_erasure")` and, for each entry of `guards`,
`GuardedColumns(table, columns, command=name)` (`staff.operations`). Its page then calls
`propose(actor=…, command="customers.erase", arguments={…}, reason=…, at=…)` instead of doing it. `docs/four-eyes.md`
tells the whole.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.rules.canonical import canonical_json

Arguments = dict[str, Any]
Differences = Sequence[tuple[str | Promise, Any, Any]]
Writes = list[dict[str, Any]]


def nothing_against(*, actor: Any, arguments: Arguments) -> None:
    """What `Command.check` is where a command accepts whatever its permission allows."""


def no_amount(arguments: Arguments) -> Decimal | None:
    return None


@dataclass(frozen=True)
class Command:
    """One act that somebody proposes and others approve.

    `permission` is the maker's, held when proposing and still held when it is carried out. `arguments` are what
    canonical JSON can hold: ids, codes, texts, and decimals and dates as text; personal values of customers belong in
    their record, not here. `execute` is called once, inside the transaction, with the maker as `actor`; what it returns
    is shown as the result. `describe` gives (label, before, after), called under each language. `version` is any text
    that differs once the target has changed; the request is out of date if it differs at execution. `target` names
    (table, primary key), ("", "") for none; the row is locked before the version is compared. `amount` chooses the band
    of the policy. `check` raises ValidationError or PermissionDenied for what must not even be asked.

    `guards` are the columns that a trigger keeps for this command. What may be written to them is `writes`: by default
    one update of the target, to the arguments of the columns' names; otherwise a list of
    `{"table": …, "on": "update" | "insert" | "delete", "key": {column: value}, "values": {column: value}}`.
    """

    name: str
    label: str | Promise
    permission: str
    execute: Callable[..., Any]
    describe: Callable[[Arguments], Differences]
    version: Callable[[Arguments], str]
    target: Callable[[Arguments], tuple[str, Any]]
    guards: Mapping[str, Sequence[str]] = field(default_factory=dict)
    amount: Callable[[Arguments], Decimal | None] = no_amount
    writes: Callable[[Arguments], Writes] | None = None
    check: Callable[..., None] = nothing_against
    about: Callable[[Arguments], str] | None = None

    def writes_of(self, arguments: Arguments) -> Writes:
        """Return what carrying this out may write to guarded columns."""
        if self.writes is not None:
            return self.writes(arguments)
        table, pk = self.target(arguments)
        values = {column: arguments[column] for column in self.guards.get(table, ()) if column in arguments}
        return [{"table": table, "on": "update", "key": key_of(table, pk), "values": values}] if values else []


@dataclass(frozen=True)
class Concealment:
    """Requests that are nobody's business whom they are about: `requests(user)` gives those to keep from a person,
    `people(request)` the keys of the persons to keep one from. They neither see nor judge nor hear of it."""

    requests: Callable[[Any], Q]
    people: Callable[[Any], Collection[int]]


COMMANDS: dict[str, Command] = {}
CONCEALMENTS: list[Concealment] = []


def register_concealment(concealment: Concealment) -> None:
    CONCEALMENTS.append(concealment)


def kept_from(request: Any) -> set[int]:
    """Return the keys of the persons that a request is kept from."""
    return {pk for one in CONCEALMENTS for pk in one.people(request)}


def register_command(command: Command) -> None:
    """Add a command. A second, different one under one name raises ValueError."""
    if not command.name.replace(".", "").replace("_", "").isalnum() or not command.name.isascii():
        raise ValueError(f"{command.name!r} is no name of a command: write room.noun.verb.")
    if COMMANDS.setdefault(command.name, command) != command:
        raise ValueError(f"There is a command {command.name!r} already: give the new one its own name.")


def command_named(name: str) -> Command:
    """Return a registered command; ValidationError for an unknown one, such as that of an older version."""
    if name not in COMMANDS:
        raise ValidationError(_("This version of Meridian knows no action %(name)s.") % {"name": name})
    return COMMANDS[name]


def label_of(name: str) -> str:
    """Return what a command is called in the reader's language, or its name where it is no more."""
    return str(COMMANDS[name].label) if name in COMMANDS else name


def key_of(table: str, pk: Any) -> dict[str, Any]:
    """Return `{primary key's column: pk}` of the model behind a table."""
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    return {str(model._meta.pk.column): pk}


def version_of(rows: QuerySet, *fields: str) -> str:
    """Return SHA-256 over what `fields` of `rows` hold now, in the order of their primary key."""
    held = [[str(value) for value in row] for row in rows.order_by("pk").values_list(*fields)]
    return hashlib.sha256(canonical_json(held)).hexdigest()
