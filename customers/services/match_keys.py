"""Keys by which customers are found beside others like them: made in Python, because the keys of blind indexes never go to
the database."""

from __future__ import annotations

from typing import Any

from django.db import connection

from customers.encryption import blind_index, decrypt, index_key_id
from customers.models import CustomerKind
from customers.rules.matching import address_form, name_form, sound_of
from customers.sql import statement

ADDRESS, NAME, SOUND, DEVICE = "customers.address", "customers.name", "customers.name.sound", "customers.device"
AT_ONCE = 50_000
FRESH = (
    "CREATE TEMP TABLE IF NOT EXISTS match_fresh (customer_id bigint, name_index bytea, sound_index bytea,"
    " address_index bytea, print bigint) ON COMMIT DROP"
)
CHANGED = "CREATE TEMP TABLE match_changed (customer_id bigint PRIMARY KEY) ON COMMIT DROP"


def device_index(fingerprint: str) -> bytes:
    """Return what is kept of a device's fingerprint."""
    return blind_index(fingerprint.strip(), purpose=DEVICE)


def refresh_keys() -> int:
    """Make the keys of customers that are new or were changed, leave their numbers in the temporary table `match_changed`,
    and return how many there are. Whoever may not be compared any more loses theirs."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.match_changed")
        cursor.execute(CHANGED)
        cursor.execute(FRESH)
        cursor.execute(statement("match_forget"))
        after = changed = 0
        while rows := _next(cursor, after):
            after, changed = rows[-1][0], changed + len(rows)
            _write(cursor, rows)
        cursor.execute("ANALYZE match_changed")
    return changed


def _next(cursor: Any, after: int) -> list[tuple]:
    cursor.execute(statement("match_prints"), {"key": index_key_id(), "after": after, "limit": AT_ONCE})
    return cursor.fetchall()


def _write(cursor: Any, rows: list[tuple]) -> None:
    cursor.execute("TRUNCATE pg_temp.match_fresh")
    with cursor.copy("COPY pg_temp.match_fresh FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int8", "bytea", "bytea", "bytea", "int8"])
        for pk, kind, name, address, print_ in rows:
            copy.write_row((pk, *keys_of(kind, name, address), print_))
    cursor.execute(statement("match_write"))
    cursor.execute("INSERT INTO match_changed SELECT customer_id FROM match_fresh")


def keys_of(kind: str, name: str, address: bytes | None) -> tuple[bytes, bytes, bytes | None]:
    """Return the hashes of a name, of its sound, and of a sealed address."""
    is_business = kind == CustomerKind.BUSINESS
    written = address_form(decrypt(address, purpose="customers.customer.address")) if address else ""
    return (
        blind_index(name_form(name, is_business=is_business), purpose=NAME),
        blind_index(sound_of(name, is_business=is_business), purpose=SOUND),
        blind_index(written, purpose=ADDRESS) if written else None,
    )
