import hashlib

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction

from audit.context import acting
from audit.models import Secret
from audit.services import name_act
from tests.audit.conftest import body
from tests.database_roles import as_superuser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]  # makes tables of its own


def test_an_insert_records_the_whole_row(events):
    group = Group.objects.create(name="night shift")

    (event,) = events("auth_group")

    assert (event.kind, event.pk_text, event.changed) == ("insert", str(group.pk), None)
    assert body(event) == {"id": group.pk, "name": "night shift"}


def test_an_update_records_what_changed_and_nothing_else(events, run, twin):
    run("UPDATE twin SET state = 'closed', amount = 11, notes = '{\"a\": 1}'")

    event = events(twin)[-1]

    assert (event.kind, event.pk_text, sorted(event.changed)) == ("update", "1", ["amount", "state"])
    assert body(event) == {"state": ["open", "closed"], "amount": [1, 11]}
    assert '"amount":[1.00,11.00]' in event.body


def test_a_delete_records_the_whole_row(events, run, probe):
    run("DELETE FROM probe")

    event = events(probe)[-1]

    assert event.kind == "delete"
    assert body(event)["tags"] == ["x", "y"]
    assert body(event)["at"] == "2026-03-01T00:00:00+00:00"


def test_the_same_row_gives_the_same_text_whatever_the_writers_time_zone(events, run, twin):
    run("UPDATE twin SET at = at + interval '1 day'")
    run("SET LOCAL timezone = 'Asia/Shanghai'")
    run("UPDATE twin SET at = at - interval '1 day'")

    there, back = (body(event)["at"] for event in events(twin)[-2:])

    assert there == ["2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00"] == back[::-1]
    assert run("SHOW timezone") == [("Asia/Shanghai",)]


def test_an_update_that_changes_nothing_is_no_event(events, run, twin):
    run("UPDATE twin SET state = state, notes = notes")

    assert [event.kind for event in events(twin)] == ["insert"]


def test_a_null_that_comes_or_goes_is_a_change(events, run, twin):
    run("UPDATE twin SET state = NULL")
    run("UPDATE twin SET state = 'back'")

    assert [body(event) for event in events(twin)[1:]] == [{"state": ["open", None]}, {"state": [None, "back"]}]


def test_a_context_without_anybody_in_it_is_flagged(events, run, twin):
    run('SELECT set_config(\'audit.ctx\', \'{"label": "", "session": "x"}\', true)')
    run("UPDATE twin SET state = 'x'")
    run("DELETE FROM twin")

    assert [event.unattributed for event in events(twin)[1:]] == [True, True]


def test_a_change_of_ignored_columns_alone_is_no_event(events, run, probe):
    run("UPDATE probe SET ticks = ticks + 1")

    assert [event.kind for event in events(probe)] == ["insert"]


def test_bulk_create_update_and_bulk_update_are_recorded_row_by_row(events):
    groups = Group.objects.bulk_create([Group(name="a"), Group(name="b")])
    for group in groups:
        group.name += "2"
    Group.objects.bulk_update(groups, ["name"])
    Group.objects.filter(name="a2").update(name="a3")
    Group.objects.filter(name="b2").delete()

    assert [event.kind for event in events("auth_group")] == ["insert"] * 2 + ["update"] * 3 + ["delete"]


def test_many_to_many_changes_are_recorded(events):
    group, permission = Group.objects.create(name="g"), Permission.objects.first()
    group.permissions.add(permission)
    group.permissions.clear()

    added, removed = events("auth_group_permissions")

    assert (added.kind, removed.kind) == ("insert", "delete")
    assert body(removed)["permission_id"] == permission.pk


def test_copy_is_recorded(events, run, probe):
    with connection.cursor() as cursor, cursor.copy("COPY probe (id, state) FROM STDIN") as copy:
        copy.write_row((2, "new"))

    assert [event.pk_text for event in events(probe)] == ["1", "2"]


def test_a_truncation_is_recorded(events, run, probe):
    run("TRUNCATE probe")

    event = events(probe)[-1]

    assert (event.kind, event.table_name) == ("truncate", "probe")


def test_replica_mode_does_not_silence_the_log(events, run, probe):
    with as_superuser():
        run("SET LOCAL session_replication_role = replica")
    run("UPDATE probe SET state = 'quiet'")

    assert events(probe)[-1].kind == "update"


def test_a_rolled_back_change_leaves_no_event(events):
    with transaction.atomic():
        Group.objects.create(name="never")
        transaction.set_rollback(True)

    assert events("auth_group") == []


def test_personal_values_are_never_in_a_body(events, run, probe):
    run("UPDATE probe SET name = 'Li Na'")
    run("DELETE FROM probe")

    text = " ".join(event.body for event in events(probe))

    assert "Wang" not in text
    assert "Li Na" not in text


def test_a_personal_value_is_kept_apart_under_a_salted_hash(events, run, probe):
    run("UPDATE probe SET name = 'Li Na'")
    event = events(probe)[-1]

    secrets = {secret.field: secret for secret in Secret.objects.filter(event_id=event.id)}

    assert {field: secret.value for field, secret in secrets.items()} == {
        "name.old": "Wang Xiaoming",
        "name.new": "Li Na",
    }
    for side, field in enumerate(["name.old", "name.new"]):
        secret = secrets[field]
        digest = hashlib.sha256(bytes(secret.salt) + secret.value.encode()).hexdigest()
        assert body(event)["name"][side] == {"sha256": digest}


def test_the_same_personal_value_never_gives_the_same_hash_twice(events, run, probe):
    run("INSERT INTO probe (id, name) VALUES (2, 'Wang Xiaoming')")

    first, second = events(probe)

    assert body(first)["name"] != body(second)["name"]


def test_a_withheld_value_is_nowhere(events, run, probe):
    run("UPDATE probe SET password = 'pbkdf2$other'")
    event = events(probe)[-1]

    assert body(event) == {"password": [{"withheld": True}, {"withheld": True}]}
    assert "secret" not in " ".join(event.body for event in events(probe))
    assert not Secret.objects.filter(event_id=event.id, field__startswith="password").exists()


def test_an_event_carries_who_where_and_why(events):
    request = "0190a0a0-0000-7000-8000-000000000000"
    with (
        acting(actor_id=42, label="task:tidy", session="abc", request=request, address="10.1.2.3"),
        transaction.atomic(),
    ):
        name_act("staff.group.renamed", "Asked for by the lead", approval_id=9)
        Group.objects.create(name="g")

    (event,) = events("auth_group")

    assert (event.actor_id, event.actor_label, event.session, str(event.request)) == (42, "task:tidy", "abc", request)
    assert (event.address, event.action, event.reason, event.approval_id) == (
        "10.1.2.3",
        "staff.group.renamed",
        "Asked for by the lead",
        9,
    )
    assert not event.unattributed
    assert event.xid > 0


def test_a_change_by_nobody_is_recorded_and_flagged(events):
    Group.objects.create(name="who")

    (event,) = events("auth_group")

    assert event.unattributed
    assert event.db_user


@pytest.mark.django_db(transaction=True)
def test_a_change_from_psql_is_recorded_and_flagged(events, run):
    settings = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("host", "port", "user", "dbname", "password")
    }
    with psycopg.connect(**settings) as outsider:
        outsider.execute("INSERT INTO auth_group (name) VALUES ('from outside')")

    (event,) = events("auth_group")

    assert event.unattributed


@pytest.mark.django_db(transaction=True)
def test_a_name_lasts_one_transaction(events):
    with transaction.atomic():
        name_act("staff.group.renamed", "first")
        Group.objects.create(name="a")
    Group.objects.create(name="b")

    named, unnamed = events("auth_group")

    assert (named.action, named.reason) == ("staff.group.renamed", "first")
    assert (unnamed.action, unnamed.reason) == ("", "")


@pytest.mark.django_db(transaction=True)
def test_naming_an_act_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="needs a transaction"):
        name_act("staff.group.renamed")
