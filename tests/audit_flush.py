"""Transactional tests empty every table after themselves. Append-only tables refuse that, and the log belongs emptied
too.

`install()` teaches Django's flush to do both, in one transaction: a run that is killed inside leaves every guard
standing. What migrations have put in (roles, lines, matrix, indicators) is set aside by `keep_seeds()` and put back after
each flush, so that tests of every kind start from the same database. Only the owner of the tables can do this, and only
tests do.
"""

from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

GUARDED = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE (tgname IN ('audit_refuse', 'staff_refuse') OR tgname LIKE '%_stays') AND tgenabled = 'A'
"""


ATTEMPTS = 3
LOG = (
    "audit_event, audit_secret, audit_leaf, audit_tile, audit_checkpoint, audit_anchor_receipt, audit_verification,"
    " audit_era, audit_retired_month"
)
TOLD_BY_SEEDS = ("audit_event", "audit_secret")  # how the seeds came about
TABLES = f"""
SELECT tablename FROM pg_tables
 WHERE schemaname = 'public' AND tablename NOT LIKE 'audit\\_event\\_y%' AND tablename NOT IN ('django_migrations', '{LOG.replace(", ", "', '")}')
"""
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""


def keep_seeds() -> None:
    """Copy every row that stands in the fresh test database to a schema beside it, once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('seeds')")
        if cursor.fetchone()[0]:
            return
        cursor.execute("CREATE SCHEMA seeds")
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE seeds."{table}" AS TABLE public."{table}"')
        cursor.execute("CREATE SCHEMA seeds_of_log")
        for table in TOLD_BY_SEEDS:
            cursor.execute(f"CREATE TABLE seeds_of_log.{table} AS TABLE public.{table}")


def restore_seeds(cursor) -> None:
    """Put the seeds back, whatever order their references ask for."""
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute("SET LOCAL meridian.unguarded = 'tests'")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'seeds'")
    for (table,) in cursor.fetchall():
        cursor.execute(COLUMNS, [table])
        columns = cursor.fetchone()[0]
        cursor.execute(
            f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM seeds."{table}"'
            " ON CONFLICT DO NOTHING"
        )
    cursor.execute("SET LOCAL meridian.unguarded = ''")
    cursor.execute("SET LOCAL session_replication_role = origin")


def install() -> None:
    type(connection.ops).execute_sql_flush = execute_sql_flush


def empty_log() -> None:
    """Leave a log without events, as a transactional test may wish to begin with."""
    with transaction.atomic(), connection.cursor() as cursor, _unguarded(cursor):
        cursor.execute(f"TRUNCATE {LOG}")


@contextmanager
def _unguarded(cursor):
    """Switch the refusals off, as the owner; they stand again when the transaction ends, however it ends."""
    cursor.execute("SET LOCAL ROLE none")
    cursor.execute(GUARDED)
    guarded = cursor.fetchall()
    for table, refusal in guarded:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {refusal}")
    yield
    for table, refusal in guarded:
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {refusal}")


def execute_sql_flush(self, sql_list: list[str]) -> None:
    """Empty the tables; again where a request that a browser has left still read and the two waited for each other."""
    for left in reversed(range(ATTEMPTS)):
        try:
            return _flush(self, sql_list)
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, DeadlockDetected):
                raise
    return None


def _flush(self, sql_list: list[str]) -> None:
    with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor, _unguarded(cursor):
        for sql in sql_list:
            cursor.execute(sql)
        restore_seeds(cursor)
        cursor.execute("DELETE FROM staff_guardlift WHERE why = 'tests'")  # of the seeds, which nobody asked for
        # The log comes last: emptying and filling an audited table are events.
        cursor.execute(f"TRUNCATE {LOG}")
        for table in TOLD_BY_SEEDS:
            cursor.execute(f"INSERT INTO public.{table} SELECT * FROM seeds_of_log.{table}")
