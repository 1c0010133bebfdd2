"""Records against the log: whoever changes a row past the log is found, to the field."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Verification
from audit.services.reconciling import reconcile
from audit.services.redaction import redact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


@pytest.fixture
def loans(run):
    """Three records with a personal, a withheld, an ignored and plain columns, changed a few times."""
    run(
        "CREATE TABLE loan (id bigint PRIMARY KEY, name text, password text, ticks int, amount numeric(18,2), state text,"
        " notes json, at timestamptz, tags text[], record text)"
    )
    run("SELECT audit_attach('loan', 'id', 'name', 'password', 'ticks')")
    run(
        "INSERT INTO loan SELECT n, 'Wang ' || n, 'x', 0, 10.5, 'open', '{\"a\": 1}', '2026-03-01 08:00+08', '{x}'"
        " FROM generate_series(1, 3) AS n"
    )
    run("UPDATE loan SET state = 'closed', name = 'Li', amount = 7 WHERE id = 2")
    run("UPDATE loan SET name = NULL WHERE id = 3")
    run("UPDATE loan SET ticks = 5")
    return "loan"


def found() -> list[tuple[str, str]]:
    """Return (kind, what) of the findings about loans."""
    run = reconcile(at=timezone.now(), now=timezone.now)
    return [(one["kind"], one["detail"]) for one in run.findings if one["detail"].startswith("loan ")]


def past_the_log(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE loan DISABLE TRIGGER USER; {statement}; ALTER TABLE loan ENABLE TRIGGER USER")


def test_records_that_only_changed_through_the_log_agree_with_it(loans):
    assert found() == []


def test_records_as_migrations_made_them_agree_with_the_log(db):
    run = reconcile(at=timezone.now(), now=timezone.now)

    assert (run.kind, run.findings) == ("live", [])
    assert run.checked > 100


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("state = 'open'", "state"),
        ("amount = 8", "amount"),
        ("name = 'Zhao'", "name"),
        ("name = NULL", "name"),
        ("notes = '{\"a\": 2}'", "notes"),
        ("at = at + interval '1 microsecond'", "at"),
        ("tags = '{}'", "tags"),
    ],
)
def test_a_field_changed_past_the_log_is_named(loans, change, field):
    past_the_log(f"UPDATE loan SET {change} WHERE id = 2")

    assert found() == [("live", f"loan 2, {field}")]


def test_a_personal_field_that_was_empty_and_is_not_is_named(loans):
    past_the_log("UPDATE loan SET name = 'Zhao' WHERE id = 3")

    assert found() == [("live", "loan 3, name")]


def test_withheld_and_ignored_fields_are_left_out(loans):
    past_the_log("UPDATE loan SET password = 'y', ticks = 9 WHERE id = 2")

    assert found() == []


def test_a_record_that_is_gone_or_came_past_the_log_is_named(loans):
    past_the_log("DELETE FROM loan WHERE id = 1; INSERT INTO loan (id) VALUES (4)")

    assert sorted(found()) == [("live_missing", "loan 1"), ("live_unknown", "loan 4")]


def test_a_record_that_the_log_deleted_and_that_is_back_is_named(loans, run):
    run("DELETE FROM loan WHERE id = 1")
    assert found() == []
    past_the_log("INSERT INTO loan (id) VALUES (1)")

    assert found() == [("live_unknown", "loan 1")]


def test_truncating_renaming_and_coming_back_agree(loans, run):
    run("UPDATE loan SET id = 9 WHERE id = 1")
    assert found() == []
    run("TRUNCATE loan")
    assert found() == []
    run("INSERT INTO loan (id, state) VALUES (2, 'new')")
    assert found() == []


def test_an_erased_plain_text_is_not_compared(loans, any_approval):
    redact(table="loan", pk=2, approval_id=1, reason="request")
    past_the_log("UPDATE loan SET name = 'erased' WHERE id = 2")

    assert found() == []


def test_another_time_zone_of_the_session_changes_nothing(loans):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Shanghai'")
        assert found() == []


def test_the_sentence_says_the_record_the_field_and_the_event(loans, run):
    past_the_log("UPDATE loan SET state = 'open' WHERE id = 2")
    ((event,),) = run(
        "SELECT max(id) FROM audit_event WHERE table_name = 'loan' AND pk = '2' AND 'state' = ANY (changed)"
    )

    found()

    sentences = [one["sentence"] for one in Verification.objects.newest_first().first().findings]
    assert (
        f"loan 2, state: the record says otherwise than the log. It was changed past the log, after event {event}."
        in sentences
    )
