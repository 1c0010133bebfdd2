from datetime import date

import pytest
from django.db import DatabaseError, transaction

from audit.services import emit
from tests.database_roles import as_superuser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]  # makes tables of its own

STATEMENTS = ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"]


def refused(run, statement):
    with pytest.raises(DatabaseError, match="is refused: its rows are only ever added"), transaction.atomic():
        run(statement)


@pytest.mark.parametrize(("table", "column"), [("audit_event", "body"), ("audit_secret", "value")])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_log_refuses_changes_by_its_owner(run, table, column, statement):
    emit("read", personal={"q": "x"})

    refused(run, statement.format(table, column, column))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_partition_of_the_log_refuses_them_too(run, statement):
    ((partition,),) = run(
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'audit_event'::regclass"
    )

    refused(run, statement.format(partition, "body", "body"))


def test_replica_mode_does_not_lift_the_refusal(run):
    with as_superuser():
        run("SET LOCAL session_replication_role = replica")

    refused(run, "DELETE FROM audit_event")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_an_append_only_table_refuses_changes_in_partitions_made_before_and_after(run, statement):
    run("CREATE TABLE reading (id bigint, day date) PARTITION BY RANGE (day)")
    run("SELECT audit_ensure_month('reading', '2026-01-15')")
    run("SELECT audit_append_only('reading')")
    run("SELECT audit_ensure_month('reading', '2026-02-15')")
    run("INSERT INTO reading VALUES (1, %s), (2, %s)", date(2026, 1, 1), date(2026, 2, 28))

    for table in ("reading", "reading_y2026m01", "reading_y2026m02"):
        refused(run, statement.format(table, "id", "id"))


def test_an_event_of_a_change_cannot_be_made_up(run):
    with pytest.raises(DatabaseError, match="written by triggers only"), transaction.atomic():
        emit("update", table="auth_group", pk=1)
