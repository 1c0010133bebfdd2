"""The row of bench/audit.py, once for each library that writes down its changes, and once for none."""

from __future__ import annotations

import pghistory
import pgtrigger
from auditlog.registry import auditlog
from django.db import connection, models
from simple_history.models import HistoricalRecords

from bench.audit import TABLE


class Loan(models.Model):
    """An ordinary record of ours: ten columns, two indexes."""

    id = models.BigIntegerField(primary_key=True)
    reference = models.TextField()
    owner_id = models.BigIntegerField()
    state = models.TextField()
    currency = models.TextField()
    principal = models.DecimalField(max_digits=18, decimal_places=2)
    rate = models.DecimalField(max_digits=9, decimal_places=6)
    opened_on = models.DateField()
    updated_at = models.DateTimeField(auto_now=True)
    note = models.TextField()

    class Meta:
        abstract = True


class Unaudited(Loan):
    class Meta:
        db_table = "unaudited"


class OfAuditlog(Loan):
    class Meta:
        db_table = "of_auditlog"


class OfSimpleHistory(Loan):
    history = HistoricalRecords()

    class Meta:
        db_table = "of_simple_history"


@pghistory.track()
class OfPghistory(Loan):
    class Meta:
        db_table = "of_pghistory"


PEERS: dict[str, type[Loan]] = {
    "unaudited": Unaudited,
    "django-auditlog": OfAuditlog,
    "django-simple-history": OfSimpleHistory,
    "django-pghistory": OfPghistory,
}


def make_tables(rows: int) -> dict[str, type[Loan]]:
    """Make each table with its rows, and what each library needs beside it."""
    auditlog.register(OfAuditlog)
    with connection.schema_editor() as editor:
        editor.create_model(OfSimpleHistory.history.model)
        editor.create_model(OfPghistory.pgh_event_model)
    with connection.cursor() as cursor:
        for model in PEERS.values():
            cursor.execute(TABLE.format(model._meta.db_table, rows))
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    pgtrigger.install()
    return PEERS
