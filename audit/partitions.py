"""Monthly partitions, made before they are needed: `audit_event` and every table of `PartitionByMonth`."""

from datetime import date

from django.db import connection


def ensure_months(table: str, first: date, last: date) -> None:
    """Make the partitions of `table` for every month from `first` to `last`, both included; those that stand are left
    alone.

    Safe in parallel: makers of the same table wait for each other. Raises ValueError when `last` is before `first`.
    """
    if last < first:
        raise ValueError(f"The last month {last:%Y-%m} lies before the first {first:%Y-%m}: swap them.")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT audit_ensure_month(%s::regclass, month::date)
              FROM generate_series(date_trunc('month', %s::timestamp), %s::timestamp, interval '1 month') AS month
             WHERE to_regclass('public.' || quote_ident(%s || '_y' || to_char(month, 'FMYYYY"m"MM'))) IS NULL
            """,
            [f'public."{table}"', first, last, table],
        )
