"""Which value of two records goes on where nobody chooses: the graver status and risk, the earlier day, all lines."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

# What may be chosen field by field; each brings those that belong to it.
CHOSEN: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "phone": ("phone", "phone_index", "phone_tail_index"),
    "email": ("email", "email_index"),
    "identity_number": ("identity_kind", "identity_number", "identity_index", "identity_tail_index"),
    "address": ("address",),
    "city": ("region", "city"),
    "language": ("language",),
    "relationship_owner": ("relationship_owner_id",),
}
STATUS = ("active", "review", "frozen", "closed")
RISK = ("low", "medium", "high")


def graver(one: str, other: str, order: tuple[str, ...]) -> str:
    return max(one, other, key=order.index)


def settled(one: Any, other: Any) -> dict[str, Any]:
    """Return what nobody chooses, from both records. A closed record beside one that is not says nothing about the person."""
    open_ones = [row.status for row in (one, other) if row.status != "closed"]
    return {
        "status": max(open_ones, key=STATUS.index, default="closed"),
        "risk_level": graver(one.risk_level, other.risk_level, RISK),
        "joined_on": min(one.joined_on, other.joined_on),
        "lines": sorted({*one.lines, *other.lines}),
    }


def text_of(value: Any) -> str | None:
    """A value of a field as it is kept beside a merge; `value_of` reads it back."""
    if value is None:
        return None
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def value_of(field: str, text: str | None) -> Any:
    if text is None:
        return None
    value = json.loads(text)
    return date.fromisoformat(value) if field in ("birth_date", "joined_on") else value
