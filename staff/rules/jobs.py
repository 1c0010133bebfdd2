"""What follows from the figures of a job: no database, no clock."""

from datetime import datetime

# A worker says every second that it lives; one that has been silent this long is dead.
SILENCE_SECONDS = 60
# A queued job whose message was lost is sent again after this long.
FORGOTTEN_SECONDS = 600
# A job that has taken its worker down this often is not given another.
MOST_ATTEMPTS = 3
KEPT_DAYS = 30

LEAST_SHARE = 0.02
LEAST_SECONDS = 3


def share_done(done: int, total: int | None) -> float | None:
    """Return how much is done, from 0 to 1, or None where the whole is unknown."""
    if not total:
        return None
    return min(1.0, done / total)


def seconds_left(*, started_at: datetime | None, at: datetime, done: int, total: int | None) -> float | None:
    """Return the seconds that are left if the rest goes as the part before, or None while that would be a guess.

    It is a guess before 2 % are done or 3 seconds have passed.
    """
    share = share_done(done, total)
    if started_at is None or share is None or share < LEAST_SHARE:
        return None
    spent = (at - started_at).total_seconds()
    if spent < LEAST_SECONDS:
        return None
    return spent * (1 - share) / share
