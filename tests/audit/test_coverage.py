"""Every table is under the log, or says why not. A new table without its operation fails here."""

import pytest
from django.db import DatabaseError

from audit.treatments import TREATMENTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]  # makes tables of its own

TABLES = "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
ROOTS = TABLES + " AND NOT c.relispartition"
TRIGGERS = """
    SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE t.tgenabled = 'A' AND t.tgname LIKE 'audit\\_%' GROUP BY c.relname
"""
RECORDED = ["audit_row", "audit_truncate", "audit_update"]


def names(rows):
    return {name for (name,) in rows}


def test_every_table_is_recorded_append_only_or_has_a_reason(run):
    triggers = dict(run(TRIGGERS))

    open_tables = {
        table
        for table in names(run(ROOTS)) - TREATMENTS.keys()
        if triggers.get(table) not in (RECORDED, ["audit_refuse"])
    }

    assert open_tables == set()


def test_every_treatment_names_a_table_that_is_not_recorded_too(run):
    triggers = dict(run(TRIGGERS))

    assert TREATMENTS.keys() - names(run(ROOTS)) == set()
    assert {table for table in TREATMENTS if triggers.get(table) == RECORDED} == set()


def test_every_partition_of_an_append_only_table_refuses_changes(run):
    triggers = dict(run(TRIGGERS))
    family = run("SELECT inhparent::regclass::text, inhrelid::regclass::text FROM pg_inherits")

    unguarded = {
        part
        for parent, part in family
        if triggers.get(parent) == ["audit_refuse"] and triggers.get(part) != ["audit_refuse"]
    }

    assert unguarded == set()


def test_every_column_that_a_trigger_hides_exists(run):
    """A renamed column would otherwise appear in the log in plain text."""
    arguments = run(
        "SELECT c.relname, replace(encode(t.tgargs, 'escape'), '\\000', ',')"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'audit_row'"
    )
    columns = names(
        run("SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'")
    )

    named = {f"{table}.{column}" for table, text in arguments for column in filter(None, text.split(","))}

    assert named - columns == set()


def test_a_table_that_nobody_covered_is_found(run):
    run("CREATE TABLE forgotten (id bigint)")

    with pytest.raises(AssertionError, match="forgotten"):
        test_every_table_is_recorded_append_only_or_has_a_reason(run)


def test_an_unknown_column_is_refused_with_its_name(run):
    run("CREATE TABLE wrong (id bigint)")

    with pytest.raises(DatabaseError, match="has no column nmae"):
        run("SELECT audit_attach('wrong', 'id', 'nmae', '', '')")


def test_a_table_taken_from_under_the_log_keeps_no_trigger_of_it(run, twin):
    run("CREATE TABLE reading (id bigint, day date) PARTITION BY RANGE (day)")
    run("SELECT audit_append_only('reading'), audit_ensure_month('reading', '2026-01-01')")

    run("SELECT audit_detach('twin'), audit_detach('reading')")

    assert dict(run(TRIGGERS)).keys() & {"twin", "reading", "reading_y2026m01"} == set()


def test_a_partitioned_table_is_refused_row_triggers(run):
    run("CREATE TABLE reading (id bigint, day date) PARTITION BY RANGE (day)")

    with pytest.raises(DatabaseError, match="Use AppendOnlyTable"):
        run("SELECT audit_attach('reading', 'id', '', '', '')")
