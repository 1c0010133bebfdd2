"""Sealing again, under the first key of the ring, what older keys sealed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import BinaryField, ExpressionWrapper, F, Func, Q, QuerySet, Value
from django.utils import timezone
from psycopg import sql

from audit.services import name_act
from customers.encryption import DecryptionError, decrypt, encrypt, key_ring
from customers.fields import EncryptedTextField, encrypted_fields
from customers.models import RotationKind
from customers.services.rotation_progress import alone, begin, finish, step

Progress = Callable[[str, int, int], None]


@dataclass
class Rotation:
    """What was found for one model: rows under older keys, rows sealed again, and values that no key opens."""

    model: str
    found: int
    sealed: int = 0
    unreadable: list[str] = field(default_factory=list)


def models_with_sealed_fields() -> Iterator[type[models.Model]]:
    """Every model whose own table holds an encrypted field."""
    return (model for model in apps.get_models() if model._meta.managed and encrypted_fields(model))


def rotate_keys(*, batch_size: int = 500, dry_run: bool = False, progress: Progress | None = None) -> list[Rotation]:
    """Seal every value again that is not under the first key, and say what was done per model.

    A batch is one transaction over rows in the order of their keys, locked meanwhile, so nobody's change is lost.
    Killed at any moment, it goes on from there when started again: a row that is done no longer matches. Values that
    do not open are left as they are and named. The audit log keeps what it recorded under the old keys: leave these in
    the ring, last, for as long as those records are to be read. Two at once: the second is refused.
    """
    with alone():
        return [
            _rotate(model, batch_size=batch_size, dry_run=dry_run, progress=progress)
            for model in models_with_sealed_fields()
        ]


def _rotate(model: type[models.Model], *, batch_size: int, dry_run: bool, progress: Progress | None) -> Rotation:
    fields = encrypted_fields(model)
    stale = _stale(model, fields)
    rotation = Rotation(model._meta.label, stale.count())
    if dry_run or not rotation.found:
        return rotation
    shown = begin(RotationKind.FIELDS, model._meta.db_table, key_ring().first, lambda: rotation.found)
    last: Any = None
    while True:
        with transaction.atomic():
            name_act("customers.key.rotated", reason=f"sealed again under {key_ring().first}")
            before = rotation.sealed
            rest = stale.filter(pk__gt=last) if last is not None else stale
            last, rows = _seal_batch(model, fields, rest, batch_size, rotation)
            shown.unreadable = len(rotation.unreadable)
            step(shown, rows=rows, changed=rotation.sealed - before, last_pk=last, at=timezone.now())
            if rows < batch_size:
                finish(shown, at=timezone.now())
        if progress:
            progress(rotation.model, rotation.sealed, rotation.found)
        if rows < batch_size:
            return rotation


def _stale(model: type[models.Model], fields: list[EncryptedTextField]) -> QuerySet[Any]:
    """Rows with a value that does not start with the header of the first key; each value beside it as it is stored."""
    header = key_ring().header
    rows = model._base_manager.all()
    matches = Q()
    for sealed in fields:
        head = Func(F(sealed.name), Value(1), Value(len(header)), function="SUBSTRING", output_field=BinaryField())
        stored = ExpressionWrapper(F(sealed.name), output_field=BinaryField())
        rows = rows.annotate(**{f"{sealed.name}_head": head, f"{sealed.name}_stored": stored})
        matches |= Q(**{f"{sealed.name}__isnull": False}) & ~Q(**{f"{sealed.name}_head": header})
    return rows.filter(matches).order_by("pk")


def _seal_batch(
    model: type[models.Model], fields: list[EncryptedTextField], stale: QuerySet[Any], size: int, rotation: Rotation
) -> tuple[Any, int]:
    """Seal one batch again; return the last key it reached, and how many rows it looked at."""
    stored = [f"{sealed.name}_stored" for sealed in fields]
    rows = list(stale.select_for_update(of=("self",)).values_list("pk", *stored)[:size])
    changed = [(pk, *again) for pk, *values in rows if (again := _sealed_again(model, fields, pk, values, rotation))]
    if changed:
        _write(model, fields, changed)
    rotation.sealed += len(changed)
    return (rows[-1][0] if rows else None), len(rows)


def _sealed_again(
    model: type[models.Model], fields: list[EncryptedTextField], pk: Any, stored: list[Any], rotation: Rotation
) -> list[bytes | None]:
    """Return the values of a row under the first key; nothing, and a note, where one of them does not open."""
    again: list[bytes | None] = []
    for sealed, value in zip(fields, stored, strict=True):
        try:
            again.append(
                None if value is None else encrypt(decrypt(value, purpose=sealed.purpose), purpose=sealed.purpose)
            )
        except DecryptionError as error:
            rotation.unreadable.append(f"{model._meta.label} {pk}, {sealed.name}: {error}")
            return []
    return again


def _write(model: type[models.Model], fields: list[EncryptedTextField], rows: list[tuple[Any, ...]]) -> None:
    """Write the sealed values of many rows in one statement; a CASE for each row, as bulk_update writes it,
    costs twice this."""
    key = model._meta.pk
    assert key is not None
    names = [sql.Identifier(str(sealed.column)) for sealed in fields]
    statement = sql.SQL(
        "UPDATE {table} SET {values} FROM unnest(%s::{type}[], {arrays}) AS sealed(key, {names})"
        " WHERE {table}.{pk} = sealed.key"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        values=sql.SQL(", ").join(sql.SQL("{0} = sealed.{0}").format(name) for name in names),
        type=sql.SQL(str(key.rel_db_type(connection))),
        arrays=sql.SQL(", ").join(sql.SQL("%s::bytea[]") for _ in names),
        names=sql.SQL(", ").join(names),
        pk=sql.Identifier(str(key.column)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
