"""Pages of a list by key instead of by number: page 10,000 costs what page 1 costs.

A cursor is the order keys of a row, as URL-safe text. It survives rows that come and go. A cursor that is not one of
this list in this order is answered with a sentence. It is not signed: it holds only what the reader has just seen, and
every value in it reaches SQL as a parameter of the field's type.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, Expression, F, Field, Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

LONGEST = 2_000  # characters of a cursor; ours are under 300
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Count:
    """How many rows there are, counted up to a cap; `more` says that there are more than `number`."""

    number: int
    more: bool

    def __str__(self) -> str:
        from pages.formats import number  # formats need a configured Django, counting does not

        return number(self.number) + ("+" if self.more else "")


@dataclass(frozen=True)
class Key:
    """One column of an order: where its value stands, which way it runs, and whether NULLs can stand in it."""

    name: str
    descends: bool
    nullable: bool
    field: Field

    def ordering(self, backwards: bool) -> Expression:
        """NULLs last going forward, so first coming back; said only where there are any, or an index would not be
        used.
        """
        nulls = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        return F(self.name).desc(**nulls) if self.descends != backwards else F(self.name).asc(**nulls)


def keyset_page(
    queryset: QuerySet,
    *,
    order: Sequence[str],
    cursor: str | None = None,
    size: int = 50,
    present: Collection[str] = (),
) -> Page:
    """Return one page of `queryset` (of objects, `values()` or `values_list()`) under `order`: names, `-` for
    descending.

    NULLs stand last, and the primary key breaks ties. Where rows come as dicts or tuples, the names in `order` and the
    primary key must be among their columns. A cursor that cannot be read, or is of another order, raises
    ValidationError. `present` names keys that could be NULL and are not in this queryset, such as those of a joined row
    that the queryset demands: an index serves them then.
    """
    keys = [replace(key, nullable=key.nullable and key.name not in present) for key in keys_of(queryset, order)]
    backwards, after = _read(cursor, keys) if cursor else (False, None)
    page = _walk(queryset, keys, after, backwards=backwards, size=size)
    if backwards and page.previous is None and len(page.rows) < size:
        # A full first page rather than its last few rows.
        return _walk(queryset, keys, None, backwards=False, size=size)
    return page


def capped_count(queryset: QuerySet, cap: int = 1000) -> Count:
    """Count rows, but never more than `cap` of them: counting a million takes 50 ms, knowing that there are over 1,000
    takes 1.
    """
    number = queryset.order_by()[: cap + 1].count()
    return Count(min(number, cap), number > cap)


def keys_of(queryset: QuerySet, order: Sequence[str]) -> list[Key]:
    """Return the keys of an order, with the primary key at its end unless it is there already."""
    primary = queryset.model._meta.pk
    names = list(order)
    if not {name.lstrip("-") for name in names} & {"pk", primary.name, primary.attname}:
        names.append(f"-{primary.attname}" if names and names[-1].startswith("-") else primary.attname)
    return [_key(queryset, name) for name in names]


def _key(queryset: QuerySet, wish: str) -> Key:
    name = wish.lstrip("-")
    if name in queryset.query.annotations:
        return Key(name, wish.startswith("-"), True, queryset.query.annotations[name].output_field)
    model, nullable, field = queryset.model, False, None
    for part in name.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        nullable = nullable or field.null
        model = field.related_model
    if field.is_relation and part in ("pk", field.attname):
        field = field.target_field
    elif field.is_relation:
        raise FieldDoesNotExist(f"order by {name}_id or by a column of it, not by the relation {name}")
    return Key(name, wish.startswith("-"), nullable, field)


def _walk(queryset: QuerySet, keys: list[Key], after: list[Any] | None, *, backwards: bool, size: int) -> Page:
    walked = queryset.order_by(*(key.ordering(backwards) for key in keys))
    if after is not None:
        walked = walked.filter(_beyond(keys, after, backwards))
    found = list(walked[: size + 1])
    rows, more = found[:size], len(found) > size
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, after is not None)
    value = _reader(queryset)
    return Page(
        rows=rows,
        next=_write([value(rows[-1], key.name) for key in keys], keys, backwards=False) if rows and has_next else None,
        previous=_neighbour_before(rows, after, keys, value) if has_previous else None,
    )


def _neighbour_before(rows: list[Any], after: list[Any] | None, keys: list[Key], value: Callable) -> str | None:
    """The rows past a cursor may all be gone by now; then the way back starts at the cursor itself."""
    at = [value(rows[0], key.name) for key in keys] if rows else after
    return _write(at, keys, backwards=True) if at is not None else None


# Which rows stand beyond
# -----------------------------------------------------------------------------------------------


class RowBeyond(Func):
    """`(a, b) < (x, y)`: PostgreSQL starts reading an index over (a, b) at the place, which it does not for the same in
    ORs.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, names: Sequence[Any], values: Sequence[Any], *, less: bool):
        super().__init__(*names, *values)
        self.less = less

    def as_sql(self, compiler, connection):
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {'<' if self.less else '>'} ({right})", [param for _sql, params in parts for param in params]


def _beyond(keys: list[Key], after: list[Any], backwards: bool) -> Q | RowBeyond:
    ways = {key.descends for key in keys}
    if len(ways) == 1 and not any(key.nullable for key in keys):
        values = [Value(value, output_field=key.field) for key, value in zip(keys, after, strict=True)]
        return RowBeyond([F(key.name) for key in keys], values, less=ways.pop() != backwards)
    return _beyond_each(keys, after, backwards)


def _beyond_each(keys: list[Key], after: list[Any], backwards: bool) -> Q:
    """The first key beyond, or equal and the second beyond, and so on."""
    condition, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, after, strict=True):
        condition |= equal & _past(key, value, backwards)
        equal &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    if keys[0].nullable or after[0] is None:
        return condition
    # Says nothing new, but is a plain bound on the first key, which an index can start from.
    bound = "lte" if keys[0].descends != backwards else "gte"
    return Q(**{f"{keys[0].name}__{bound}": after[0]}) & condition


def _past(key: Key, value: Any, backwards: bool) -> Q:
    if value is None:  # NULLs stand last: nothing is past them, everything is before them
        return Q(**{f"{key.name}__isnull": False}) if backwards else Q(pk__in=[])
    beyond = Q(**{f"{key.name}__{'lt' if key.descends != backwards else 'gt'}": value})
    return beyond if backwards or not key.nullable else beyond | Q(**{f"{key.name}__isnull": True})


# Rows → values → text, and back
# ----------------------------------------------------------------------------------------


def _reader(queryset: QuerySet) -> Callable[[Any, str], Any]:
    """Return a function (row, key) → value, for the kind of row that this queryset gives."""
    primary, columns = queryset.model._meta.pk.name, queryset._fields

    def from_columns(row: Any, name: str) -> Any:
        name = primary if name == "pk" and "pk" not in columns else name
        return row[name] if isinstance(row, dict) else row[columns.index(name)]

    def from_object(row: Any, name: str) -> Any:
        for part in name.split("__"):
            row = getattr(row, part) if row is not None else None
        return row

    return from_object if columns is None else from_columns


def _write(values: Sequence[Any], keys: list[Key], *, backwards: bool) -> str:
    text = json.dumps(
        ["b" if backwards else "f", _mark(keys), *map(_plain, values)], separators=(",", ":"), ensure_ascii=False
    )
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _mark(keys: list[Key]) -> str:
    """Six digits that tell orders apart, so that a cursor of one is not read under another."""
    order = ",".join(f"{'-' if key.descends else ''}{key.name}" for key in keys)
    return hashlib.sha256(order.encode()).hexdigest()[:6]


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, UUID)) else value


def _read(cursor: str, keys: list[Key]) -> tuple[bool, list[Any]]:
    try:
        if len(cursor) > LONGEST:
            raise ValueError("longer than any cursor")
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        way, mark, *values = json.loads(text, parse_constant=_refuse)
        if way not in ("f", "b") or mark != _mark(keys) or len(values) != len(keys):
            raise ValueError("of another order")
        return way == "b", [_typed(key, value) for key, value in zip(keys, values, strict=True)]
    except (
        binascii.Error,
        ValueError,
        TypeError,
        OverflowError,
        ArithmeticError,
        RecursionError,
        ValidationError,
    ) as error:
        raise ValidationError(
            _("That page of the list is not there any more; perhaps its order has changed. Go on from the first."),
            code="cursor",
        ) from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no order key")


def _typed(key: Key, value: Any) -> Any:
    """Return a value as its field's type; one that PostgreSQL would refuse raises ValueError or ValidationError."""
    if value is None:
        if not key.nullable:
            raise ValueError("nothing stands in this key")
        return None
    if isinstance(value, (list, dict)) or (isinstance(value, str) and "\0" in value):
        raise ValueError("no order key")
    typed = key.field.to_python(value)
    if isinstance(typed, str):
        typed.encode()  # half a surrogate pair is no text
    if isinstance(typed, int) and not -LARGEST <= typed <= LARGEST:
        raise ValueError("beyond any number of ours")
    return typed
