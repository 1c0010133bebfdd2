"""Rights that the application takes on for one act and gives back: a role of the database beside its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg import sql

ASK = """
SELECT current_setting('role'), to_regrole(%s) IS NOT NULL AND pg_has_role(session_user, to_regrole(%s)::oid, 'MEMBER')
"""


@contextmanager
def stepping_into(role: str) -> Iterator[None]:
    """Run what stands inside with the rights of `role`, in the running transaction; its end gives them back in any case.

    Where one role does everything, nothing changes. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"stepping_into({role!r}) needs a transaction: call it inside transaction.atomic.")
    with connection.cursor() as cursor:
        cursor.execute(ASK, [role, role])
        before, possible = cursor.fetchone()
    if not possible:
        yield
        return
    _become(role)
    yield
    _become(before)


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role) if role != "none" else sql.SQL("NONE")))
