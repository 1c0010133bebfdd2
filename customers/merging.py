"""What happens to each row that names a customer when two customers become one: plain lists that every room fills.

A table with a foreign key to `customers.Customer` stands here or a test fails. In an upper room's `AppConfig.ready`:

    from customers.merging import MOVES, Part, register_part
    register_part(Part("service.Ticket", "customer", MOVES, copies={"region": "region"}))

`docs/records.md` tells the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

MOVES, STAYS, MADE_AGAIN = "moves", "stays", "made again"


@dataclass(frozen=True)
class Part:
    """One column that names a customer.

    `moves`: its rows go to the customer that stays, unless a unique index says that one of theirs is there already, or the
    column `apart_from` names that very customer; unmerging brings them back. `stays`: they keep the number that they were
    written under, and `why` says how they are found all the same. `made again`: something computes them anew.
    `copies` names columns that repeat a field of the customer, `keeps` a column that remembers under which number the row
    was first, where it has one.
    """

    model: str
    column: str
    act: str
    why: str = ""
    copies: Mapping[str, str] = field(default_factory=dict)
    keeps: str = ""
    apart_from: str = ""

    @property
    def described(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def table(self) -> str:
        return self.described._meta.db_table

    @property
    def db_column(self) -> str:
        return str(self._field(self.column).column)

    @property
    def key(self) -> str:
        return str(self.described._meta.pk.column)  # type: ignore[union-attr]

    @property
    def label(self) -> str | Promise:
        return self.described._meta.verbose_name_plural or self.table

    def column_of(self, name: str) -> str:
        return str(self._field(name).column)

    def _field(self, name: str) -> Any:
        return self.described._meta.get_field(name)


PARTS: list[Part] = []


def register_part(part: Part) -> None:
    if any((one.model, one.column) == (part.model, part.column) for one in PARTS):
        raise ValueError(f"{part.model}.{part.column} says already what merging does to it.")
    if part.act != MOVES and not part.why:
        raise ValueError(f"{part.model}.{part.column} does not move: say why.")
    PARTS.append(part)


def moving() -> list[Part]:
    """Parts whose rows change hands, in the order of registration: lower rooms first."""
    return [part for part in PARTS if part.act == MOVES]


def undeclared() -> list[str]:
    """Every foreign key to a customer that no part speaks of, as `room.Model.field`."""
    declared = {(part.model.lower(), part.column) for part in PARTS}
    return sorted(
        f"{model._meta.label}.{name}" for model, name in references() if (model._meta.label_lower, name) not in declared
    )


def references() -> Iterator[tuple[type[models.Model], str]]:
    customer = apps.get_model("customers.Customer")
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.local_fields:
            if isinstance(one, models.ForeignKey) and one.related_model is customer:
                yield model, one.name
