from datetime import UTC, datetime, timedelta

from audit.partitions import ensure_months

AHEAD = timedelta(days=90)


def prepare_months(*, at: datetime) -> None:
    """Make the log's partitions from the month of `at` to three months on.

    A trigger makes a missing month itself; made beforehand, no writer waits for it.
    """
    today = at.astimezone(UTC).date()
    ensure_months("audit_event", today, today + AHEAD)
