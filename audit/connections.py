"""The connection that seals. Whoever writes leaves, tiles, checkpoints, receipts and verifications does it here, so that
the application's own role needs no right to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction

from audit.roles import stepping_into

_kept = threading.local()


@contextmanager
def sealer() -> Iterator[Any]:
    """Give a cursor inside one transaction of the sealer's role: committed at the end, undone by an exception.

    `SEALER_DATABASE_URL` names the role; without it the transaction is Django's own, in the sealer's rights where its
    login may take them on.
    """
    if not settings.SEALER_DATABASE_URL:
        with transaction.atomic(), connection.cursor() as cursor, stepping_into("meridian_sealer"):
            yield cursor
        return
    own = _own_connection()
    with own.transaction(), own.cursor() as cursor:
        yield cursor


def close() -> None:
    """Close this thread's own connection, if it has one."""
    if getattr(_kept, "connection", None) is not None:
        _kept.connection.close()
        _kept.connection = None


def _own_connection() -> psycopg.Connection:
    known = getattr(_kept, "connection", None)
    if known is None or known.closed:
        _kept.connection = known = psycopg.connect(settings.SEALER_DATABASE_URL, autocommit=True)
        known.execute("SET timezone = 'UTC'")
    return known
