"""Lifting the guards of four eyes, aloud: for the demo company, for tests, for an operator who is locked out."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SETTING = "SELECT set_config('meridian.unguarded', %s, true)"


@contextmanager
def unguarded(why: str) -> Iterator[None]:
    """Let this transaction write guarded columns without an approval, and record `why` beside each such write.

    Holds for the owner of the tables alone: the application's role is refused all the same.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTING, [why])
        yield
        with connection.cursor() as cursor:
            cursor.execute(SETTING, [""])
