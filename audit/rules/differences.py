"""What an event's body says, field by field: before and after, with what is hidden named and not shown."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST = 400


class Sight(StrEnum):
    """What a reader may see of a value."""

    PLAIN = "plain"
    EMPTY = "empty"
    PERSONAL = "personal"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Shown:
    """A value as it is shown: its text if plain (cut after 400 characters), the first of its hash if personal."""

    sight: Sight
    text: str = ""


@dataclass(frozen=True)
class Difference:
    """One field, with what stood there before and after; None where there was no row."""

    field: str
    before: Shown | None
    after: Shown | None


def differences(kind: str, body: str) -> list[Difference]:
    """Return the fields of an event in the order of its body. Kinds that carry no row (a read, a batch) have none."""
    fields = json.loads(body)
    if kind == "update":
        return [Difference(name, shown(before), shown(after)) for name, (before, after) in fields.items()]
    if kind == "insert":
        return [Difference(name, None, shown(value)) for name, value in fields.items()]
    if kind == "delete":
        return [Difference(name, shown(value), None) for name, value in fields.items()]
    return []


def details(kind: str, body: str) -> list[tuple[str, Shown]]:
    """Return what a read, an export, a batch … says about itself; changes of rows have none."""
    if kind in ("update", "insert", "delete"):
        return []
    return [(name, shown(value)) for name, value in json.loads(body).items()]


def shown(value: Any) -> Shown:
    """Return how one value of a body is shown."""
    if value is None or value == "":
        return Shown(Sight.EMPTY)
    if isinstance(value, dict) and value.keys() == {"sha256"}:
        return Shown(Sight.PERSONAL, str(value["sha256"])[:8])
    if value == {"withheld": True}:
        return Shown(Sight.WITHHELD)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Shown(Sight.PLAIN, text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
