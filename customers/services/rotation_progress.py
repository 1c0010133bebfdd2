"""How far a rotation has come, kept beside the work itself, so that a page shows it and a kill loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import KeyRotation


@contextmanager
def alone() -> Iterator[None]:
    """Hold rotation for this process; the database lets go of it when the process dies. A second one is refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('customers.rotate_keys'))")
        if not cursor.fetchone()[0]:
            raise ValidationError(_("Another process rotates keys now: wait for it."))
    try:
        yield
    finally:
        if connection.connection and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('customers.rotate_keys'))")


@transaction.atomic
def begin(kind: str, table: str, key: str, total: Callable[[], int], *, once: bool = False) -> KeyRotation:
    """Return the rotation of a table to a key that was left unfinished, or a new one; with `once`, the finished one
    where there is one.
    """
    known = KeyRotation.objects.filter(kind=kind, table=table, key=key)
    left = known.filter(ended_at__isnull=True).first() or (known.order_by("-id").first() if once else None)
    if left:
        return left
    name_act("customers.key_rotation.begun")
    now = timezone.now()
    return KeyRotation.objects.create(kind=kind, table=table, key=key, total=total(), started_at=now, beat_at=now)


def step(rotation: KeyRotation, *, rows: int, changed: int, last_pk: int | None, at: datetime) -> None:
    """Note a batch, in the transaction that did it."""
    rotation.done += rows
    rotation.changed += changed
    rotation.last_pk = last_pk or rotation.last_pk
    rotation.beat_at = at
    rotation.save(update_fields=["done", "changed", "last_pk", "unreadable", "beat_at"])


def finish(rotation: KeyRotation, *, at: datetime) -> None:
    rotation.ended_at = rotation.beat_at = at
    rotation.save(update_fields=["ended_at", "beat_at"])
