"""Tables whose events not every reader of the log may see, because the very row would tell somebody of what is kept from
them. Rooms fill this in `AppConfig.ready`:

    keep_confidential("customers_screeninghit", "customers.view_screeninghit")

The events stay in the log, sealed and proved like all others; they are only not shown."""

from __future__ import annotations

from typing import Protocol

CONFIDENTIAL: dict[str, str] = {}


class Reader(Protocol):
    def has_perm(self, perm: str) -> bool: ...


def keep_confidential(table: str, permission: str) -> None:
    """Show events of `table` to those alone who hold `permission` beside the right to read the log."""
    CONFIDENTIAL[table] = permission


def hidden_from(reader: Reader) -> list[str]:
    """Return the tables whose events this person does not see."""
    return [table for table, permission in CONFIDENTIAL.items() if not reader.has_perm(permission)]
