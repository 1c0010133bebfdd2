"""When a session ends by itself. Times are seconds since 1970."""

IDLE, ABSOLUTE = "idle", "absolute"


def ends_now(*, begun: float, seen: float, now: float, idle: int, longest: int) -> str:
    """Return why a session is over, or nothing: unused for `idle` seconds, or older than `longest` seconds.

    >>> ends_now(begun=0, seen=0, now=900, idle=900, longest=43200)
    'idle'
    >>> ends_now(begun=0, seen=43199, now=43200, idle=900, longest=43200)
    'absolute'
    """
    if now - begun >= longest:
        return ABSOLUTE
    return IDLE if now - seen >= idle else ""
