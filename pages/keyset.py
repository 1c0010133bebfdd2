"""Pages of a list by key instead of by number: page 10,000 costs what page 1 costs.

A cursor is the order keys of a row, as URL-safe text. It survives rows that come and go; a cursor that is not one of ours
is answered with a sentence."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Count:
    """How many rows there are, counted up to a cap."""

    number: int
    more: bool


def keyset_page(queryset: QuerySet, *, order: Sequence[str], cursor: str | None = None, size: int = 50) -> Page:
    """Return one page of `queryset` under `order` (field names, `-` for descending, NULLs last), `pk` breaking ties.

    A cursor that cannot be read raises ValidationError."""
    keys = _with_tiebreak(order, queryset)
    backwards, after = _read(cursor, keys) if cursor else (False, None)
    walked = queryset.order_by(*(_ordering(key, backwards) for key in keys))
    if after is not None:
        walked = _filtered(walked, _beyond(keys, after, backwards))
    found = list(walked[: size + 1])
    rows, more = found[:size], len(found) > size
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, after is not None)
    return Page(
        rows=rows,
        next=_write(rows[-1], keys, backwards=False) if rows and has_next else None,
        previous=_write(rows[0], keys, backwards=True) if rows and has_previous else None,
    )


def capped_count(queryset: QuerySet, cap: int = 1000) -> Count:
    """Count rows, but never more than `cap` of them; past that, `more` is true ("1,000+")."""
    number = queryset.order_by()[: cap + 1].count()
    return Count(min(number, cap), number > cap)


def _with_tiebreak(order: Sequence[str], queryset: QuerySet) -> list[str]:
    names = {key.lstrip("-") for key in order}
    pk = queryset.model._meta.pk.name
    if names & {"pk", pk, queryset.model._meta.pk.attname}:
        return list(order)
    last_descends = bool(order) and order[-1].startswith("-")
    return [*order, f"-{pk}" if last_descends else pk]


def _ordering(key: str, backwards: bool):
    name, descends = key.lstrip("-"), key.startswith("-") != backwards
    # NULLs last going forward, so first coming back; PostgreSQL's own default where that is the same, to keep its indexes.
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    return F(name).desc(**nulls) if descends else F(name).asc(**nulls)


def _beyond(keys: list[str], after: list[Any], backwards: bool) -> Q:
    """Rows past `after`: the first key beyond, or equal and the second beyond, and so on."""
    condition, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, after, strict=True):
        condition |= equal & _past(key.lstrip("-"), value, descends=key.startswith("-"), backwards=backwards)
        equal &= Q(**{f"{key.lstrip('-')}__isnull": True}) if value is None else Q(**{key.lstrip("-"): value})
    return condition


def _past(name: str, value: Any, *, descends: bool, backwards: bool) -> Q:
    if value is None:  # NULLs stand last: nothing is past them, everything is before them
        return Q(**{f"{name}__isnull": False}) if backwards else Q(pk__in=[])
    beyond = Q(**{f"{name}__{'lt' if descends != backwards else 'gt'}": value})
    return beyond if backwards else beyond | Q(**{f"{name}__isnull": True})


def _filtered(queryset: QuerySet, condition: Q) -> QuerySet:
    try:
        return queryset.filter(condition)
    except (ValueError, TypeError, FieldError, ValidationError) as error:
        raise _unreadable() from error


def _value(row: Any, key: str) -> Any:
    name = key.lstrip("-")
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part) if row is not None else None
    return row


def _write(row: Any, keys: list[str], *, backwards: bool) -> str:
    values = [_plain(_value(row, key)) for key in keys]
    text = json.dumps(["b" if backwards else "f", *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else getattr(value, "pk", value)


def _read(cursor: str, keys: list[str]) -> tuple[bool, list[Any]]:
    try:
        way, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise _unreadable() from error
    if way not in ("f", "b") or len(values) != len(keys) or any(isinstance(value, (list, dict)) for value in values):
        raise _unreadable()
    return way == "b", values


def _unreadable() -> ValidationError:
    return ValidationError(_("This page link is not one of this list: go back to its first page."))
