"""Tests speak to the database as the application does. The connection is an administrator's, who becomes the application
as soon as it is open; what only the owner can do (making a table, switching a trigger off) stands under `as_owner`."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

from config.roles import sql

INERROR = TransactionStatus.INERROR


def make() -> None:
    """Make the roles and grant them what they need; several workers share a server, so one after the other."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "roles.lock").open("w") as lock, connection.cursor() as cursor:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cursor.execute(sql("roles"))
        cursor.execute(sql("grants"))


_roles = ["none"]


@contextmanager
def signed_in_as(role: str) -> Iterator[None]:
    """Every connection that opens becomes this role; `none` is whoever owns the server. Nests."""
    connection.close()
    _roles.append(role)
    connection_created.connect(_become_who_is_signed_in, dispatch_uid="tests.database_roles")
    yield
    connection.close()
    _roles.pop()


def _become_who_is_signed_in(sender, connection, **kwargs):
    connection.connection.execute(f"SET ROLE {_roles[-1]}")


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside, this connection is the owner's: of all tables, but no superuser's."""
    with acting_as("meridian_owner"):
        yield


@contextmanager
def as_superuser() -> Iterator[None]:
    """Inside, this connection is that of whoever owns the whole server."""
    with acting_as("none"):
        yield


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Inside, this connection is that role's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        before = cursor.fetchone()[0]
    _become(role)
    try:
        yield
    finally:
        # A transaction that failed gives the role back by itself when it is rolled back; a new connection begins right.
        if connection.connection is not None and connection.connection.info.transaction_status != INERROR:
            _become(before)


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
