"""Live records against the log: what stands in a table now is what its events say, or somebody went past the log."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from audit.labels import field_label, table_label
from audit.models import RetiredMonth, Verification, VerificationKind
from audit.rules.findings import Finding
from audit.services.sealing import tip_of
from audit.services.verification import Tell, record, say_nothing

SQL = Path(__file__).parent.parent / "sql"
TABLES = (SQL / "audited_tables.sql").read_text(encoding="utf-8")
RECONCILE = (SQL / "reconcile.sql").read_text(encoding="utf-8")
MOST_KEPT = 1000


@dataclass(frozen=True)
class Audited:
    """A table under row triggers, with what they were told of its columns."""

    table: str
    key: str
    personal: list[str]
    withheld: list[str]
    ignored: list[str]


def reconcile(*, at: datetime, now: Callable[[], datetime], tell: Tell = say_nothing) -> Verification:
    """Compare every record of every audited table with what the log says of it, record what differs and return that.

    One statement a table. Records whose events were retired are compared with what is left of them.
    """
    findings: list[Finding] = []
    checked = 0
    tables = audited_tables()
    for done, audited in enumerate(tables):
        tell(done, len(tables))
        checked += _count(audited.table)
        findings.extend(_differences(audited))
    with connection.cursor() as cursor:
        size = tip_of(cursor).size
    return record(
        kind=VerificationKind.LIVE, size=size, checked=checked, found=len(findings), findings=findings[:MOST_KEPT],
        begun_at=at, at=now(),
    )  # fmt: skip


def audited_tables() -> list[Audited]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        rows = cursor.fetchall()
    return [_audited(table, arguments.split("\n")) for table, arguments in rows]


def _audited(table: str, arguments: list[str]) -> Audited:
    key, *lists = arguments
    personal, withheld, ignored = ([name for name in text.split(",") if name] for text in lists[:3])
    return Audited(table, key, personal, withheld, ignored)


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table)))
        return cursor.fetchone()[0]


def _differences(audited: Audited) -> Iterator[Finding]:
    statement = sql.SQL(RECONCILE).format(table=sql.Identifier("public", audited.table))
    parameters: dict[str, Any] = {
        "table": audited.table,
        "key": audited.key,
        "personal": audited.personal,
        "hidden": audited.withheld + audited.ignored,
        "whole": not RetiredMonth.objects.exists(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    for found, pk, field, event in rows:
        name = f"{table_label(audited.table)} {pk}" + (f", {field_label(audited.table, field)}" if field else "")
        yield Finding(found, detail=name, event=event)
