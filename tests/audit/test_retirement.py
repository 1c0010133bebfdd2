"""A month whose retention has ended goes into a bundle and out of the table; every proof holds on."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit import verifier
from audit.models import Event, RetiredMonth, Secret
from audit.rules import merkle
from audit.rules.checkpoints import opened_checkpoint
from audit.services import emit
from audit.services.export import export
from audit.services.keys import known_keys
from audit.services.proofs import inclusion_of
from audit.services.redaction import redact
from audit.services.retirement import expire_month
from audit.services.sealing import seal_all
from audit.services.verification import verify
from tests.audit.tampering import tamper, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]

MONTH = date(2014, 3, 1)


def now():
    return timezone.now()


@pytest.fixture
def old(run):
    """Four events of March 2014 among those of today, sealed; one of them has a plain text."""
    run("SELECT audit_ensure_month('audit_event', '2014-03-01')")
    ids = write(3)
    ids.append(emit("denied", table="probe", pk=9, personal={"tried": "wang@example.com"}))
    tamper("UPDATE audit_event SET at = '2014-03-05 12:00+00'")
    write(2)
    tamper(f"UPDATE audit_event SET at = now() WHERE id = {ids[1]}")
    seal_all(at=now())
    yield [ids[0], ids[2], ids[3]]
    run("DROP TABLE IF EXISTS audit_event_y2014m03")


def is_proved(event_id: int) -> bool:
    proof = inclusion_of(event_id)
    checkpoint = opened_checkpoint(proof["checkpoint"], known_keys())
    leaf = bytes.fromhex(proof["leaf_hash"])
    assert proof["leaf"] is None or merkle.leaf_hash(proof["leaf"].encode()) == leaf
    return merkle.verify_inclusion(
        leaf_hash=leaf,
        index=proof["index"],
        size=proof["size"],
        proof=[bytes.fromhex(hash_) for hash_ in proof["hashes"]],
        root=checkpoint.root,
    )


def test_a_retired_month_is_in_its_bundle_and_proofs_hold_on(old, tmp_path):
    retired = expire_month(MONTH, folder=tmp_path / "march", at=now())

    assert (retired.events, retired.first_index, retired.last_index) == (3, 0, 3)
    assert not Event.objects.filter(id__in=old).exists()
    assert not Secret.objects.exists()
    assert verifier.verify(tmp_path / "march", keys=known_keys()) == []
    seal_all(at=now())
    assert all(is_proved(event_id) for event_id in old)
    assert all(is_proved(event_id) for event_id in Event.objects.values_list("id", flat=True))
    event = Event.objects.get(action="audit.month.retired")
    assert json.loads(event.body)["rows"] == 3
    assert verify(kind="full", at=now(), now=now).found == 0
    export(folder=tmp_path / "rest", at=now())
    assert verifier.verify(tmp_path / "rest") == []


def test_an_event_that_goes_missing_beside_a_retired_month_is_still_missed(old, tmp_path):
    expire_month(MONTH, folder=tmp_path / "march", at=now())
    ((gone,),) = [Event.objects.filter(table_name="probe").order_by("id").values_list("id", flat=True)[:1]]
    tamper(f"DELETE FROM audit_event WHERE id = {gone}")

    assert [one["event"] for one in verify(kind="full", at=now(), now=now).findings] == [gone]


def test_a_month_that_must_be_kept_is_refused(old, tmp_path, settings):
    with pytest.raises(ValidationError, match="2014-03 is kept until 2024-04-01: events are kept for 10 years"):
        expire_month(MONTH, folder=tmp_path / "early", at=datetime(2024, 3, 31, tzinfo=UTC))
    settings.LOG_RETENTION_YEARS = 20
    with pytest.raises(CommandError, match="kept until 2034-04-01"):
        call_command("audit_retire", "2014-03", str(tmp_path / "early"))

    assert not RetiredMonth.objects.exists()
    assert Event.objects.filter(id__in=old).count() == 3


def test_december_ends_with_the_year(tmp_path):
    with pytest.raises(ValidationError, match="2014-12 is kept until 2025-01-01"):
        expire_month(date(2014, 12, 1), folder=tmp_path, at=datetime(2024, 12, 31, tzinfo=UTC))


def test_a_month_that_is_not_sealed_or_not_there_is_refused(old, run, tmp_path):
    late = emit("read", table="probe")
    tamper(f"UPDATE audit_event SET at = '2014-03-06' WHERE id = {late}")

    with pytest.raises(DatabaseError, match="1 events of public.audit_event_y2014m03 are not sealed yet"):
        expire_month(MONTH, folder=tmp_path / "march", at=now())
    with pytest.raises(CommandError, match="The log has no month that begins on 2013-01-01"):
        call_command("audit_retire", "2013-01", str(tmp_path / "none"))


def test_nothing_is_dropped_where_the_bundle_does_not_hold(old, tmp_path):
    tamper(f"UPDATE audit_event SET body = '{{\"forged\":1}}' WHERE id = {old[0]}")

    with pytest.raises(
        ValidationError, match=rf"nothing was dropped\. Event {old[0]} at place 0 is not what was sealed"
    ):
        expire_month(MONTH, folder=tmp_path / "march", at=now())
    assert Event.objects.filter(id__in=old).count() == 3


def test_the_command_says_where_the_events_are(old, tmp_path, capsys):
    call_command("audit_retire", "2014-03", str(tmp_path / "march"))

    assert re.match(
        r"3 events of 2014-03 are in .*march \(digest [0-9a-f]{64}\) and no longer here\.", capsys.readouterr().out
    )


# Erasure ----------------------------------------------------------------------------------------------------------------
def test_erasing_takes_the_plain_texts_and_leaves_every_proof(run, any_approval):
    run("CREATE TABLE probe2 (id bigint PRIMARY KEY, name text)")
    run("SELECT audit_attach('probe2', 'id', 'name', '', '')")
    try:
        run("INSERT INTO probe2 VALUES (1, 'Wang'), (2, 'Li')")
        run("UPDATE probe2 SET name = 'Wang Xiaoming' WHERE id = 1")
        seal_all(at=now())

        gone = redact(table="probe2", pk=1, approval_id=17, reason="request of the customer")

        assert gone == 3
        assert [secret.value for secret in Secret.objects.all()] == ["Li"]
        event = Event.objects.get(kind="redact")
        assert (event.table_name, event.pk_text, event.approval_id, event.reason, event.body) == (
            "probe2", "1", 17, "request of the customer", '{"texts" : 3}',
        )  # fmt: skip
        seal_all(at=now())
        assert verify(kind="full", at=now(), now=now).found == 0
        assert all(is_proved(event_id) for event_id in Event.objects.values_list("id", flat=True))
    finally:
        run("DROP TABLE probe2")


@pytest.mark.parametrize("approval", [None, 0, -1])
def test_erasing_without_an_approved_request_is_refused_twice(run, approval):
    emit("denied", table="probe", pk=1, personal={"tried": "x"})

    with pytest.raises(PermissionDenied, match="under an approved request only"):
        redact(table="probe", pk=1, approval_id=approval, reason="")
    with pytest.raises(DatabaseError, match="under an approved request only"):
        run("SELECT audit_redact('probe', '1', %s, '')", approval)

    assert Secret.objects.count() == 1


def test_plain_texts_go_no_other_way(run):
    emit("denied", table="probe", pk=1, personal={"tried": "x"})

    for statement in (
        "DELETE FROM audit_secret",
        "SET LOCAL audit.erasing = '1'; DELETE FROM audit_secret",
        "SELECT set_config('audit.erasing', 'on', true); DELETE FROM audit_secret",
        "UPDATE audit_secret SET value = ''",
        "TRUNCATE audit_secret",
    ):
        with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
            run(statement)


STRANGER = "CREATE ROLE stranger; GRANT USAGE ON SCHEMA public TO stranger; GRANT ALL ON audit_secret TO stranger; SET LOCAL ROLE stranger;"


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("SELECT set_config('audit.erasing', txid_current()::text, true); DELETE FROM audit_secret", "is refused"),
        ("SELECT audit_redact('probe', '1', 1, '')", "permission denied"),
        ("SELECT audit_retire_month('2014-03-01', '', '', now())", "permission denied"),
    ],
)
def test_a_role_that_is_not_the_owner_cannot_erase(run, statement, refusal):
    emit("denied", table="probe", pk=1, personal={"tried": "x"})

    with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        run(STRANGER + statement)

    assert Secret.objects.count() == 1
