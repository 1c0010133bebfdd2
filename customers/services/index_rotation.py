"""Writing blind indexes again under the first index key. While it goes on, searches look under every key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from audit.services import name_act
from customers.encryption import (
    DecryptionError,
    card_index,
    card_tail_index,
    decrypt,
    document_index,
    index_key_id,
    index_keys,
)
from customers.fields import EncryptedTextField
from customers.models import Customer, Holding, IdentityDocument, KeyRotation, RotationKind
from customers.personal_fields import INDEXES, Index
from customers.services.rotation_progress import alone, begin, finish, step

Progress = Callable[[str, int, int], None]
INDEXED: list[tuple[type[models.Model], dict[str, dict[str, Index]]]] = [
    (Customer, {field: indexes for field, indexes in INDEXES.items() if indexes}),
    (Holding, {"card_number": {"card_index": card_index, "card_tail_index": card_tail_index}}),
    (IdentityDocument, {"number": {"number_index": document_index}}),
]


def rotate_indexes(*, batch_size: int = 500, progress: Progress | None = None) -> list[KeyRotation]:
    """Write every blind index again that is not under the first key of `MERIDIAN_INDEX_KEY`; nothing to do with a single
    key, or where all was done before.

    Killed at any moment, it goes on after the last batch that was committed.
    """
    if len(index_keys()) < 2:
        return []
    with alone():
        return [_rotate(model, indexed, batch_size, progress) for model, indexed in INDEXED]


def _rotate(
    model: type[models.Model], indexed: dict[str, dict[str, Index]], size: int, progress: Progress | None
) -> KeyRotation:
    rotation = begin(
        RotationKind.INDEXES, model._meta.db_table, index_key_id(), lambda: model._base_manager.count(), once=True
    )
    while rotation.ended_at is None:
        with transaction.atomic():
            name_act("customers.key.rotated", reason=f"indexed again under {rotation.key}")
            rows = _write_batch(model, indexed, rotation, size)
            if rows < size:
                finish(rotation, at=timezone.now())
        if progress:
            progress(f"{model._meta.label} {RotationKind.INDEXES}", rotation.done, rotation.total)
    return rotation


def _write_batch(
    model: type[models.Model], indexed: dict[str, dict[str, Index]], rotation: KeyRotation, size: int
) -> int:
    """Write the next batch in the order of keys, locked meanwhile; return how many rows it looked at."""
    rows = _read_batch(model, indexed, rotation.last_pk, size)
    columns = [column for indexes in indexed.values() for column in indexes]
    changed = []
    for pk, *stored in rows:
        sealed, old = stored[: len(indexed)], stored[len(indexed) :]
        new = _indexes_of(model, indexed, sealed)
        if new is None:
            rotation.unreadable += 1
        elif new != [None if value is None else bytes(value) for value in old]:
            changed.append((pk, *new))
    if changed:
        _update(model._meta.db_table, columns, changed)
    step(rotation, rows=len(rows), changed=len(changed), last_pk=rows[-1][0] if rows else None, at=timezone.now())
    return len(rows)


def _read_batch(model: type[models.Model], indexed: dict[str, Any], after: int, size: int) -> list[tuple]:
    names = [*indexed, *(column for indexes in indexed.values() for column in indexes)]
    statement = sql.SQL("SELECT id, {} FROM {} WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE").format(
        sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(model._meta.db_table)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [after, size])
        return cursor.fetchall()


def _indexes_of(
    model: type[models.Model], indexed: dict[str, dict[str, Index]], sealed: list[Any]
) -> list[bytes | None] | None:
    """Return a row's indexes under the first key; None where one of its values does not open."""
    new: list[bytes | None] = []
    for (field, indexes), value in zip(indexed.items(), sealed, strict=True):
        described = model._meta.get_field(field)
        assert isinstance(described, EncryptedTextField)
        try:
            text = None if value is None else decrypt(value, purpose=described.purpose)
        except DecryptionError:
            return None
        new += [index(text) for index in indexes.values()]
    return new


def _update(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = [sql.Identifier(column) for column in columns]
    statement = sql.SQL(
        "UPDATE {table} SET {values} FROM unnest(%s::bigint[], {arrays}) AS fresh(key, {names})"
        " WHERE {table}.id = fresh.key"
    ).format(
        table=sql.Identifier(table),
        values=sql.SQL(", ").join(sql.SQL("{0} = fresh.{0}").format(name) for name in names),
        arrays=sql.SQL(", ").join(sql.SQL("%s::bytea[]") for _ in names),
        names=sql.SQL(", ").join(names),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
