"""ASVS 13.2.2: what talks to the database does so with the least privilege. The whole suite runs as `meridian_app`; here
it is shown what that role, and each of the others, cannot do."""

from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from audit.models import Event
from audit.roles import stepping_into
from audit.services import emit
from config.roles import sql
from customers.models import Customer
from staff.models import Team
from tests.database_roles import acting_as, as_owner
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory, TransactionFactory

pytestmark = pytest.mark.django_db
EVENT = "(unattributed, kind, table_name, pk, action, actor_label, session, db_user, reason, body)"
MADE_UP = f"INSERT INTO {{}} {EVENT} VALUES (false, 'update', 'staff_team', '1', '', '', '', '', '', '{{{{}}}}')"


def run(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str) -> bool:
    """Whether the database refuses for want of a privilege, and for no other reason."""
    try:
        with transaction.atomic():
            run(statement)
    except DatabaseError as error:
        if error.__cause__.sqlstate != "42501":
            raise
        return True
    return False


def test_the_suite_is_the_application():
    assert run("SELECT current_user") == [("meridian_app",)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET body = body",
        "DELETE FROM audit_event",
        "UPDATE audit_secret SET value = ''",
        "DELETE FROM audit_secret",
        MADE_UP.format("audit_event"),
        "INSERT INTO audit_secret VALUES (1, 'name', '', 'x')",
        "SELECT audit_write(1, now(), 'update', 'staff_team', '1', NULL, '{}')",
        "SELECT audit_attach('staff_team', 'id', '', '', '')",
        "SELECT audit_detach('staff_team')",
        "TRUNCATE audit_event",
        "TRUNCATE staff_team CASCADE",
        "TRUNCATE customers_customer CASCADE",
        "DROP TRIGGER audit_row ON staff_team",
        "DROP TRIGGER audit_refuse ON audit_event",
        "ALTER TABLE staff_team DISABLE TRIGGER audit_row",
        "ALTER TABLE staff_team DISABLE TRIGGER ALL",
        "ALTER TABLE staff_team ADD COLUMN x int",
        "ALTER TABLE staff_team OWNER TO meridian_app",
        "DROP TABLE staff_team CASCADE",
        "CREATE TABLE x (id int)",
        "CREATE SCHEMA x",
        "CREATE FUNCTION audit_refuse_not() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE INDEX ON staff_team (name)",
        "CREATE RULE x AS ON INSERT TO staff_team DO INSTEAD NOTHING",
        "CREATE TRIGGER x BEFORE INSERT ON staff_team FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        "UPDATE customers_transaction SET amount = amount",
        "DELETE FROM customers_transaction",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999', now())",
        "COPY staff_team TO PROGRAM 'cat'",
        "COPY staff_team FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
    ],
)
def test_the_application_can_neither_change_the_log_nor_what_guards_it(statement):
    PersonFactory()
    assert refused(statement)


@pytest.mark.parametrize(
    "statement",
    ["SET session_replication_role = replica", "SET ROLE meridian_owner", "SET SESSION AUTHORIZATION meridian_owner",
     "ALTER ROLE meridian_app SUPERUSER", "CREATE ROLE x", "GRANT meridian_owner TO meridian_app"],
)  # fmt: skip
def test_the_application_signed_in_by_itself_does_not_become_somebody_else(statement):
    refused = "permission denied|must be superuser|must have admin option"  # as 18 says it, and as 15 does
    with signed_in("meridian_app") as cursor, pytest.raises(DatabaseError, match=refused):
        cursor.execute(statement)


@contextmanager
def signed_in(role: str):
    """A connection of that role's own, not an administrator's that became it. The servers of tests ask no password."""
    own = connections.create_connection("default")
    own.settings_dict = {**connection.settings_dict, "USER": role, "PASSWORD": ""}
    try:
        yield own.cursor()
    finally:
        own.close()


def test_every_table_of_the_log_is_closed_to_writing_whatever_its_name():
    with as_owner():
        run("CREATE TABLE audit_something (id int)")
        run(sql("grants"))

    assert refused("INSERT INTO audit_something VALUES (1)")
    assert run("SELECT * FROM audit_something") == []
    with acting_as("meridian_sealer"):
        assert not refused("INSERT INTO audit_something VALUES (1)")
        assert refused("UPDATE audit_something SET id = 2")
        assert refused("DELETE FROM audit_something")


def test_a_new_table_has_its_rights_after_the_grants_and_none_before():
    with as_owner():
        run("CREATE TABLE fresh (id int)")
    assert refused("SELECT * FROM fresh")

    with as_owner():
        run(sql("grants"))

    assert not refused("INSERT INTO fresh VALUES (1)")
    assert not refused("UPDATE fresh SET id = 2")
    assert refused("TRUNCATE fresh")


def test_the_sealer_reads_events_and_nothing_of_the_business():
    with acting_as("meridian_sealer"):
        assert not refused("SELECT 1 FROM audit_event")
        for statement in ("SELECT 1 FROM customers_customer", "SELECT 1 FROM staff_user", "SELECT 1 FROM audit_secret",
                          "UPDATE audit_event SET body = ''", "DELETE FROM audit_event", MADE_UP.format("audit_event")):  # fmt: skip
            assert refused(statement), statement


def test_the_reader_sees_no_column_that_the_log_hides():
    hidden = {
        "customers_customer": {"name", "birth_date", "phone", "email", "address", "identity_number", "identity_index"},
        "staff_user": {"password"},
        "staff_apitoken": {"digest"},
        "mfa_authenticator": {"data"},
    }
    with acting_as("meridian_reader"):
        for table, columns in hidden.items():
            for column in columns:
                assert refused(f"SELECT {column} FROM {table}"), (table, column)
        for table in ("audit_secret", "django_session"):
            assert refused(f"SELECT count(*) FROM {table}"), table
        assert not refused("SELECT id, kind, status FROM customers_customer")
        assert not refused("SELECT body FROM audit_event")
        assert refused("UPDATE staff_team SET name = 'x'")


def test_the_redactor_can_do_nothing_but_redact():
    with acting_as("meridian_redactor"):
        for statement in ("SELECT 1 FROM audit_event", "SELECT 1 FROM audit_secret", "SELECT 1 FROM customers_customer",
                          "DELETE FROM audit_secret", "UPDATE audit_event SET body = ''"):  # fmt: skip
            assert refused(statement), statement


def test_the_application_redacts_only_where_it_steps_into_that_role():
    with as_owner():
        run("CREATE FUNCTION audit_redact_probe() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user'")
        run(sql("grants"))
    if connection.pg_version >= 160000:
        assert refused("SELECT audit_redact_probe()")

    with transaction.atomic(), stepping_into("meridian_redactor"):
        assert run("SELECT audit_redact_probe()") == [("meridian_owner",)]
        assert refused("SELECT 1 FROM customers_customer")

    assert run("SELECT current_user") == [("meridian_app",)]


def test_a_failure_inside_gives_the_rights_back():
    with pytest.raises(DatabaseError), transaction.atomic(), stepping_into("meridian_redactor"):
        run("SELECT 1 FROM customers_customer")
    assert run("SELECT current_user") == [("meridian_app",)]


def test_nobody_else_may_even_connect():
    granted = run("SELECT has_database_privilege('public', current_database(), 'CONNECT, CREATE, TEMPORARY')")
    assert granted == [(False,)]


def test_nobody_who_signs_in_owns_anything_or_stands_above_the_rules():
    owned = run(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE r.rolname IN ('meridian_app', 'meridian_sealer', 'meridian_redactor', 'meridian_reader')"
        " AND c.relpersistence <> 't'"
    )
    powers = run(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'meridian\\_%'"
        " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"
    )
    assert (owned, powers, run("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'meridian_owner'")) == (
        [],
        [],
        [(False,)],
    )


def test_a_change_whose_event_cannot_be_written_is_not_made():
    with as_owner():
        run("ALTER TABLE audit_event ADD CONSTRAINT broken CHECK (table_name <> 'staff_team') NOT VALID")

    with pytest.raises(DatabaseError, match="broken"), transaction.atomic():
        Team.objects.create(name="Unseen")

    assert not Team.objects.filter(name="Unseen").exists()


def test_a_request_whose_event_cannot_be_written_changes_nothing(client):
    client.force_login(UserFactory(role="administrator"))
    with as_owner():
        run("ALTER TABLE audit_event ADD CONSTRAINT broken CHECK (table_name <> 'staff_team') NOT VALID")
    client.raise_request_exception = False

    answer = client.post(reverse("staff:team_create"), {"name": "Unseen"})

    assert answer.status_code == 500
    assert not Team.objects.filter(name="Unseen").exists()


def test_an_export_that_cannot_be_recorded_is_not_made():
    with as_owner():
        run("ALTER TABLE audit_event ADD CONSTRAINT broken CHECK (kind <> 'export') NOT VALID")
    with pytest.raises(DatabaseError, match="broken"), transaction.atomic():
        emit("export", table="customers_customer", action="customers.exported")


def test_the_event_says_which_role_of_the_database_wrote(client):
    Team.objects.create(name="Seen")
    assert Event.objects.filter(table_name="staff_team").latest("id").db_user == run("SELECT session_user")[0][0]


def test_the_roles_can_be_made_again_at_any_time():
    with acting_as("none"):
        call_command("database_roles", verbosity=0)
    TransactionFactory()
    assert Customer.objects.exists()


def test_a_role_gets_the_password_of_its_address_hashed(monkeypatch):
    monkeypatch.setenv("SEALER_DATABASE_URL", "postgres://meridian_sealer:s%3Aecret@db/meridian")
    with acting_as("none"):
        call_command("database_roles", verbosity=0)
        kept = run("SELECT rolpassword FROM pg_authid WHERE rolname = 'meridian_sealer'")[0][0]
    assert kept.startswith("SCRAM-SHA-256$")


def test_an_address_of_another_role_is_refused(monkeypatch):
    monkeypatch.setenv("SEALER_DATABASE_URL", "postgres://postgres:secret@db/meridian")
    with acting_as("none"), pytest.raises(CommandError, match="write meridian_sealer there"), transaction.atomic():
        call_command("database_roles", verbosity=0)


@pytest.fixture
def lesser(worker_id):
    """A database of somebody who may make roles and is no superuser, and the roles under another name: those of the
    server are there already. Gives a function that runs SQL there, signed in as a role."""
    name = f"lesser_{worker_id}"
    with at_the_server() as server:
        server.execute(f"CREATE ROLE {name} LOGIN CREATEROLE")
        server.execute(f"CREATE DATABASE {name} OWNER {name}")
        try:
            yield partial(_run_in, name)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            for role in ("app", "sealer", "redactor", "reader", "migrator", "owner"):
                server.execute(f"DROP ROLE IF EXISTS {name}_{role}")
            server.execute(f"DROP ROLE {name}")


def at_the_server(**other: str) -> psycopg.Connection:
    """A connection that Django knows nothing of, so that nobody makes the application of it."""
    known = connection.get_connection_params()
    address = {name: known[name] for name in ("host", "port", "user", "password") if name in known}
    return psycopg.connect(**{**address, "dbname": "postgres", **other}, autocommit=True)


def _run_in(name: str, statement: str, role: str = "") -> list[tuple]:
    with at_the_server(user=f"{name}_{role}" if role else name, dbname=name) as own:
        cursor = own.execute(statement.replace("meridian_", f"{name}_"))
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []


def test_who_may_make_roles_and_is_no_superuser_makes_them_in_a_database_of_their_own(lesser):
    lesser(
        "CREATE TABLE older (id int PRIMARY KEY); CREATE FUNCTION older_still() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )

    for _twice in range(2):
        lesser(sql("roles"))
        lesser(sql("grants"))

    assert lesser("SELECT pg_get_userbyid(relowner) = 'meridian_owner' FROM pg_class WHERE relname = 'older'") == [
        (True,)
    ]
    assert lesser("INSERT INTO older VALUES (1); SELECT count(*) FROM older", role="app") == [(1,)]
    lesser("CREATE TABLE newer (id int)", role="migrator")
    assert lesser("SELECT pg_get_userbyid(relowner) = 'meridian_owner' FROM pg_class WHERE relname = 'newer'") == [
        (True,)
    ]
    with pytest.raises(psycopg.Error, match="must be owner"):
        lesser("DROP TABLE older", role="app")


def test_an_administrator_who_may_not_let_the_sealer_see_everything_is_told_whom_to_ask(capsys):
    with acting_as("none"):
        run("REVOKE pg_read_all_stats FROM meridian_app, meridian_sealer; CREATE ROLE no_superuser CREATEROLE")
        if connection.pg_version < 160000:
            run("ALTER ROLE no_superuser NOCREATEROLE")
        run("GRANT ALL ON ALL TABLES IN SCHEMA public TO no_superuser; GRANT meridian_owner TO no_superuser")
    with acting_as("no_superuser"):
        call_command("database_roles", verbosity=0)

    assert "Let a superuser run: GRANT pg_read_all_stats TO meridian_app, meridian_sealer;" in capsys.readouterr().err
