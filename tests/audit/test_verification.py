"""As the owner of the database: change, delete, insert, swap, rebuild. Each is found, with its row and since when."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.alarms import ALARMS
from audit.models import Checkpoint, Leaf, Verification
from audit.rules.findings import SENTENCES, Finding, finding_of, runs
from audit.services.anchoring import anchor
from audit.services.sealing import seal_all
from audit.services.state import sealing_state
from audit.services.verification import sentences, verify
from tests.audit.tampering import rebuild_tree, tamper, write, write_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path / "anchors")
    return tmp_path / "anchors"


@pytest.fixture
def sealed():
    """A log of six events, sealed and verified."""
    ids = write(6)
    seal_all(at=timezone.now())
    return ids


def found(kind: str = "full") -> list[tuple]:
    """Return (kind, place, event) of what a run finds."""
    run = verify(kind=kind, at=timezone.now(), now=timezone.now)
    return [(one["kind"], one.get("index"), one.get("event")) for one in run.findings]


def test_a_log_that_nobody_touched_holds(sealed):
    assert found("full") == []
    assert found("tail") == []
    assert [(run.kind, run.checked, run.found) for run in Verification.objects.order_by("id")] == [
        ("full", 6, 0),
        ("tail", 6, 0),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "body = '{\"forged\":1}'",
        "actor_id = 99",
        "at = at - interval '1 second'",
        "action = 'other'",
        "reason = 'because'",
        "xid = xid - 1",
        "session = 'x'",
        "address = '10.9.9.9'",
        "request = gen_random_uuid()",
        "db_user = 'somebody'",
        "unattributed = NOT unattributed",
        "changed = '{x}'",
        "approval_id = 5",
        "kind = 'export'",
        "pk = 'x'",
    ],
)
def test_a_changed_event_is_named_whatever_was_changed(sealed, change):
    tamper(f"UPDATE audit_event SET {change} WHERE id = {sealed[2]}")

    assert ("changed", 2, sealed[2]) in found()
    assert {place for _, place, event in found() if event} <= {2, None}


def test_a_changed_event_is_told_in_a_sentence_that_says_since_when(sealed):
    tamper(f"UPDATE audit_event SET body = '{{}} ' WHERE id = {sealed[2]}")
    first = verify(kind="full", at=timezone.now(), now=timezone.now)

    (sentence,) = sentences(first.findings)
    sealed_at = Checkpoint.objects.get(size=6).at
    assert sentence == (
        f"Event {sealed[2]} at place 2 is not what was sealed: it was changed after {sealed_at:%Y-%m-%d %H:%M:%S} UTC."
    )


def test_what_was_clean_yesterday_was_changed_since(sealed):
    yesterday = timezone.now() - timedelta(days=1)
    verify(kind="full", at=yesterday, now=lambda: yesterday)
    tamper(f"UPDATE audit_event SET pk = 'x' WHERE id = {sealed[0]}")

    (finding,) = verify(kind="full", at=timezone.now(), now=timezone.now).findings

    assert finding["since"] == f"{yesterday:%Y-%m-%d %H:%M:%S} UTC"


def test_a_deleted_event_is_named(sealed):
    tamper(f"DELETE FROM audit_event WHERE id = {sealed[3]}")

    assert found() == [("missing", 3, sealed[3])]


def test_a_month_that_was_dropped_is_one_finding(sealed):
    tamper("DELETE FROM audit_event")

    (finding,) = verify(kind="full", at=timezone.now(), now=timezone.now).findings

    assert (finding["kind"], finding["index"], finding["last"]) == ("missing_run", 0, 5)


def test_an_inserted_event_is_named(sealed):
    columns = "at, xid, kind, table_name, pk, action, actor_label, session, db_user, reason, body, unattributed"
    tamper(
        f"INSERT INTO audit_event (id, {columns}) SELECT 1, {columns} FROM audit_event WHERE id = {sealed[1]}",
    )

    assert found() == [("inserted", None, 1)]


def test_two_swapped_events_are_both_named(sealed):
    tamper(
        f"UPDATE audit_event SET id = -1 WHERE id = {sealed[1]}",
        f"UPDATE audit_event SET id = {sealed[1]} WHERE id = {sealed[4]}",
        f"UPDATE audit_event SET id = {sealed[4]} WHERE id = -1",
    )

    assert found() == [("changed", 1, sealed[1]), ("changed", 4, sealed[4])]


def test_leaves_in_another_order_are_named(run):
    with transaction.atomic():
        write_many(300)
    seal_all(at=timezone.now())
    tamper(
        "UPDATE audit_leaf SET index = 1000 WHERE index = 7",
        "UPDATE audit_leaf SET index = 7 WHERE index = 9",
        "UPDATE audit_leaf SET index = 9 WHERE index = 1000",
    )

    assert [(kind, place) for kind, place, _ in found()] == [("moved", 7), ("moved", 9)]


def test_a_forged_leaf_over_a_forged_event_is_named(run):
    with transaction.atomic():
        write_many(300)
    seal_all(at=timezone.now())
    tamper(
        "UPDATE audit_event SET body = '{\"forged\":1}' WHERE pk = '8'",
        "UPDATE audit_leaf SET hash = audit_leaf_hash(e) FROM audit_event e WHERE e.id = event_id AND e.pk = '8'",
    )

    assert [(kind, place) for kind, place, _ in found()] == [("leaf", 7)]


def test_a_forged_tile_is_named_and_so_is_the_checkpoint_over_it(run):
    with transaction.atomic():
        write_many(300)
    seal_all(at=timezone.now())
    tamper(
        "UPDATE audit_event SET body = '{\"forged\":1}' WHERE pk = '8'",
        "UPDATE audit_leaf SET hash = audit_leaf_hash(e) FROM audit_event e WHERE e.id = event_id AND e.pk = '8'",
        "UPDATE audit_tile SET data = (SELECT string_agg(hash, '' ORDER BY index) FROM audit_leaf WHERE index < 256)",
    )

    assert found() == [("tile", 0, None), ("root", 300, None)]


def test_a_checkpoint_signed_by_a_stranger_is_named(sealed):
    tamper("UPDATE audit_checkpoint SET note = replace(note, 'meridian/log', 'meridian/dog')")

    (finding,) = verify(kind="full", at=timezone.now(), now=timezone.now).findings
    assert finding["kind"] == "signature"


def test_a_log_whose_end_was_cut_off_is_named(sealed):
    write(2)
    seal_all(at=timezone.now())
    tamper("DELETE FROM audit_leaf WHERE index >= 6", f"DELETE FROM audit_event WHERE id > {sealed[-1]}")

    assert found() == [("gap", 6, None)]


def test_a_rebuilt_tree_is_found_by_an_earlier_anchor_to_the_row(sealed):
    """The owner has the signing key too: everything within the database agrees."""
    anchor(at=timezone.now())
    write(3)
    tamper(f"UPDATE audit_event SET actor_id = 99 WHERE id = {sealed[2]}")
    rebuild_tree()
    seal_all(at=timezone.now())

    run = verify(kind="full", at=timezone.now(), now=timezone.now)

    assert [(one["kind"], one.get("index")) for one in run.findings] == [("anchor", 6), ("rewritten", 2)]
    assert re.fullmatch(
        r"The event at place 2 is another than the one anchored at \d{4}-.* UTC: the log was rewritten after that\.",
        sentences(run.findings)[1],
    )


def test_a_restored_backup_is_found_by_an_anchor(sealed):
    write(2)
    seal_all(at=timezone.now())
    anchor(at=timezone.now())
    tamper(f"DELETE FROM audit_event WHERE id > {sealed[-1]}")
    rebuild_tree()
    seal_all(at=timezone.now())

    run = verify(kind="full", at=timezone.now(), now=timezone.now)

    assert [one["kind"] for one in run.findings] == ["shorter"]
    assert (
        "holds 8 entries and the log has 6: its end was cut off, or a backup was restored."
        in sentences(run.findings)[0]
    )
    assert anchor(at=timezone.now()) == 0
    state = sealing_state(at=timezone.now()).parts[2]
    assert state.standing == "wrong"
    assert "a backup was restored" in state.sentence


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DROP TRIGGER audit_update ON auth_group", "auth_group.audit_update"),
        ("ALTER TABLE auth_group DISABLE TRIGGER audit_row", "auth_group.audit_row"),
        ("ALTER TABLE auth_group ENABLE TRIGGER audit_row", "auth_group.audit_row"),
        ("ALTER TABLE audit_event DISABLE TRIGGER audit_refuse", "audit_event.audit_refuse"),
        ("DROP TRIGGER audit_refuse ON audit_checkpoint", "audit_checkpoint.audit_refuse"),
        ("DROP TRIGGER audit_refuse ON {partition}", "{partition}.audit_refuse"),
        ("DROP TRIGGER audit_row ON auth_group; DROP TRIGGER audit_update ON auth_group;"
         " DROP TRIGGER audit_truncate ON auth_group", "auth_group.audit_row"),
    ],
)  # fmt: skip
def test_a_trigger_that_is_gone_or_off_is_named(run, statement, named):
    ((partition,),) = run(
        "SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'audit_event'::regclass"
    )
    with transaction.atomic():
        run(statement.format(partition=partition))

        run_ = verify(kind="tail", at=timezone.now(), now=timezone.now)

        assert named.format(partition=partition) in [one["detail"] for one in run_.findings]
        transaction.set_rollback(True)


def test_the_tail_begins_where_the_last_clean_run_ended_and_again_from_the_start_after_one_that_was_not(run):
    with transaction.atomic():
        write_many(600)
    seal_all(at=timezone.now())
    found("full")
    write(2)
    seal_all(at=timezone.now())
    tamper("UPDATE audit_event SET pk = 'x' WHERE pk = '1' AND table_name = 'probe'")

    # Of the old ones nothing is hashed, and of the two new ones one was changed.
    assert [place for _, place, _ in found("tail")] == [601]
    assert [place for _, place, _ in found("tail")] == [0, 601]


def test_whoever_registered_is_told_once_what_was_found(sealed):
    heard = []
    ALARMS.append(heard.append)
    try:
        tamper(f"DELETE FROM audit_event WHERE id = {sealed[3]}")
        found()
        found()
    finally:
        ALARMS.remove(heard.append)

    assert [alarm.key for alarm in heard] == ["audit:verification:full:missing:3"] * 2
    assert heard[0].title() == "The log does not hold: 1 finding"
    assert "The event at place 3 is gone" in heard[0].body()


def test_the_banner_is_red_until_a_clean_run(sealed):
    tamper(f"UPDATE audit_event SET pk = 'x' WHERE id = {sealed[0]}")
    found()
    red = sealing_state(at=timezone.now())
    tamper(f"UPDATE audit_event SET pk = '0' WHERE id = {sealed[0]}")
    found()

    assert red.standing == "wrong"
    assert "1 thing that does not hold: Event" in red.parts[1].sentence
    assert sealing_state(at=timezone.now()).parts[1].standing == "ok"
    late = sealing_state(at=timezone.now() + timedelta(days=2))
    assert [part.standing for part in late.parts] == ["ok", "late", "late"]


def test_the_command_ends_in_an_error_and_says_each_thing(sealed, capsys):
    call_command("audit_verify")
    assert "Everything holds: 6 events checked, the log has 6." in capsys.readouterr().out
    tamper(f"DELETE FROM audit_event WHERE id = {sealed[3]}")

    with pytest.raises(CommandError, match="things do not hold"):
        call_command("audit_verify", full=True)

    assert f"The event at place 3 is gone (event {sealed[3]})" in capsys.readouterr().out


def test_findings_are_stored_and_come_back():
    for kind in SENTENCES:
        finding = Finding(kind, index=3, last=5, event=7, since="2026-01-01", detail="x")
        assert finding_of(finding.as_dict()) == finding
        assert "None" not in finding.sentence()
    assert [
        f.kind for f in runs([Finding("missing", index=1), Finding("missing", index=2), Finding("missing", index=4)])
    ] == [
        "missing_run",
        "missing",
    ]


def test_leaves_and_events_are_as_many(sealed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event")
        assert cursor.fetchone()[0] == Leaf.objects.count() == 6
