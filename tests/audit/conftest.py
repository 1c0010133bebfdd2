import json

import pytest
from django.db import connection

from audit.models import Event
from tests import database_roles
from tests.audit_flush import empty_log


@pytest.fixture
def events(db):
    """Return a function that gives the events since the test began, oldest first, of one table if named."""
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def since(table: str = "", **conditions):
        found = Event.objects.filter(id__gt=start, **conditions).order_by("id")
        return list(found.filter(table_name=table) if table else found)

    return since


@pytest.fixture
def intruder(transactional_db):
    """The whole test is of somebody who owns the server, in every thread of it: against them stand proofs alone."""
    with database_roles.signed_in_as("none"):
        yield


@pytest.fixture
def any_approval(run):
    """Erasing in the log alone, without the room that knows which approvals cover it."""
    before = run("SELECT pg_get_functiondef('audit_may_redact'::regproc)")[0][0]
    run(
        "CREATE OR REPLACE FUNCTION audit_may_redact(record_table text, record_pk text, approval bigint) RETURNS boolean"
        " LANGUAGE sql STABLE AS 'SELECT approval > 0'"
    )
    yield
    run(before)


@pytest.fixture
def empty(transactional_db):
    """A log without events, for tests that count places in it."""
    empty_log()


@pytest.fixture
def run(db):
    """Return a function that executes SQL as psql would, past the ORM."""

    def execute(statement: str, *values):
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    return execute


@pytest.fixture
def probe(run):
    """A table with a personal, a withheld, an ignored and a plain column of every awkward kind."""
    run(
        "CREATE TABLE probe (id bigint PRIMARY KEY, name text, password text, ticks int, amount numeric(18,2),"
        " state text, notes json, tags text[], at timestamptz, sealed bytea)"
    )
    run("SELECT audit_attach('probe', 'id', 'name', 'password', 'ticks')")
    run(
        "INSERT INTO probe VALUES (1, 'Wang Xiaoming', 'pbkdf2$secret', 0, 10.50, 'open', '{\"a\": 1}', '{x,y}',"
        " '2026-03-01 08:00+08', '\\x01ff')"
    )
    return "probe"


@pytest.fixture(params=["plain", "hiding"])
def twin(request, run):
    """A table in both kinds: updates of plain ones are written by a quicker trigger than those of tables that hide."""
    run(
        "CREATE TABLE twin (id bigint PRIMARY KEY, state text, amount numeric(18,2), at timestamptz, notes json,"
        " token text)"
    )
    run("SELECT audit_attach('twin', 'id', '', %s, '')", "token" if request.param == "hiding" else "")
    run("INSERT INTO twin VALUES (1, 'open', 1, '2026-03-01 08:00+08', '{\"a\": 1}')")
    return "twin"


def body(event):
    return json.loads(event.body)
