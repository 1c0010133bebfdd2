"""Transactional tests empty every table after themselves. Append-only tables refuse that, and the log belongs emptied
too.

`install()` teaches Django's flush to do both, in one transaction: a run that is killed inside leaves every guard
standing. Only the owner of the tables can do this, and only tests do.
"""

from django.db import connection, transaction

GUARDED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_refuse' AND tgenabled = 'A'"


def install() -> None:
    type(connection.ops).execute_sql_flush = execute_sql_flush


def execute_sql_flush(self, sql_list: list[str]) -> None:
    with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
        cursor.execute(GUARDED)
        guarded = [table for (table,) in cursor.fetchall()]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER audit_refuse")
        # The log comes last: emptying an audited table is an event.
        for sql in [*sql_list, "TRUNCATE audit_event, audit_secret"]:
            cursor.execute(sql)
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_refuse")
