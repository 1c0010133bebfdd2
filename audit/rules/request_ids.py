"""Ids of requests and tasks: UUIDs of version 7 (RFC 9562, section 5.7), which are ordered by time and tell it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def request_id(milliseconds: int, chance: bytes) -> UUID:
    """Return the id of a request that began `milliseconds` after 1970; `chance` is ten random bytes."""
    value = milliseconds << 80 | int.from_bytes(chance, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def time_of(request: UUID) -> datetime:
    """Return when a request began, to the millisecond; an id that is none of ours gives 1970 or a time without
    meaning."""
    milliseconds = request.int >> 80
    return EPOCH + timedelta(milliseconds=milliseconds) if milliseconds < 250_000_000_000_000 else EPOCH
