"""Sealing, with transactions that really end: each test writes, commits, seals and looks."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Checkpoint, Event, Leaf
from audit.rules import merkle
from audit.rules.checkpoints import opened_checkpoint
from audit.rules.notes import Signer
from audit.services import emit
from audit.services.keys import known_keys
from audit.services.proofs import consistency_between, inclusion_of
from audit.services.sealing import seal, seal_all
from audit.services.state import sealing_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]


def now():
    return timezone.now()


def write(count: int = 1) -> list[int]:
    """Return the ids of as many events, each of a transaction of its own."""
    return [emit("read", table="probe", pk=number) for number in range(count)]


@contextmanager
def beside():
    """Give a second connection to the test's database."""
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    with psycopg.connect(**wanted, autocommit=True) as other:
        yield other


def sealed_ids() -> list[int]:
    return list(Leaf.objects.order_by("index").values_list("event_id", flat=True))


def is_proved(event_id: int, size: int | None = None) -> bool:
    """Whether the proof of an event holds, checked as a stranger would."""
    proof = inclusion_of(event_id, size=size)
    checkpoint = opened_checkpoint(proof["checkpoint"], known_keys())
    return merkle.verify_inclusion(
        leaf_hash=merkle.leaf_hash(proof["leaf"].encode()),
        index=proof["index"],
        size=checkpoint.size,
        proof=[bytes.fromhex(hash_) for hash_ in proof["hashes"]],
        root=checkpoint.root,
    )


def test_events_are_sealed_in_order_under_a_signed_checkpoint():
    ids = write(3)

    sealed = seal(at=now())

    assert (sealed.first, sealed.size) == (0, 3)
    assert sealed_ids() == ids
    checkpoint = opened_checkpoint(Checkpoint.objects.get(size=3).note, known_keys(), origin="meridian/log")
    assert (checkpoint.size, checkpoint.root) == (3, sealed.root)
    assert all(is_proved(event_id) for event_id in ids)


def test_nothing_new_is_no_checkpoint():
    write()
    seal_all(at=now())

    assert seal(at=now()) is None
    assert Checkpoint.objects.count() == 1


def test_a_batch_says_whether_anything_was_left():
    write(5)

    assert not seal(at=now(), most=2).caught_up
    assert seal(at=now()).caught_up
    assert len(sealed_ids()) == 5


def test_what_is_written_while_the_log_is_sealed_waits_for_the_next_time(run):
    """Else a log that is written to all the time would be sealed without end, a few events a checkpoint."""
    run(
        "CREATE FUNCTION write_more() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM public.audit_emit('read', 'probe', '9', '', '', '{}'); RETURN NULL; END $$;"
        "CREATE TRIGGER write_more AFTER INSERT ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION write_more()"
    )
    write(3)
    try:
        assert seal_all(at=now()) == 3
        assert (Leaf.objects.count(), Event.objects.count(), Checkpoint.objects.count()) == (3, 4, 1)
    finally:
        run("DROP TRIGGER write_more ON audit_checkpoint; DROP FUNCTION write_more()")


def test_the_leaf_is_over_every_column_of_the_event(run):
    """The text is a format: what stands here must come out of every version of PostgreSQL, and of ours."""
    run("ALTER TABLE audit_event DISABLE TRIGGER USER")
    run(
        "INSERT INTO audit_event VALUES (7000000, '2026-11-03 08:00:00.120+08', 42, 7, 9, true, 'update', 'loan', '17',"
        " 'risk.loan.closed', 'task:x', '0190a0a0-0000-7000-8000-000000000000', 'ab\"c', '10.0.0.1', 'meridian',"
        ' E\'gr\\\\und\\n\\u8d37\\u6b3e\', \'{state,"a b"}\', \'{"state":["a","b"]}\')'
    )

    ((text, leaf),) = run("SELECT audit_leaf_text(e), audit_leaf_hash(e) FROM audit_event e WHERE id = 7000000")

    assert text == (
        '{"v":1,"id":7000000,"at":"2026-11-03T00:00:00.12","xid":42,"kind":"update","table":"loan","pk":"17",'
        '"action":"risk.loan.closed","actor":7,"label":"task:x","session":"ab\\"c",'
        '"request":"0190a0a0-0000-7000-8000-000000000000","address":"10.0.0.1/32","db_user":"meridian",'
        '"unattributed":true,"reason":"gr\\\\und\\n贷款","approval":9,"changed":["state","a b"],'
        '"body":"{\\"state\\":[\\"a\\",\\"b\\"]}"}'
    )
    assert bytes(leaf) == sha256(b"\0" + text.encode()).digest()
    run("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_refuse")


def test_the_leaf_is_the_same_in_every_session(run):
    write()
    ((here,),) = run("SELECT audit_leaf_hash(e) FROM audit_event e")

    with beside() as other:
        other.execute("SET timezone = 'Asia/Shanghai'; SET datestyle = 'German'; SET search_path = 'pg_temp'")
        ((there,),) = other.execute("SELECT public.audit_leaf_hash(e) FROM public.audit_event e").fetchall()

    assert bytes(there) == bytes(here)


def test_tiles_are_kept_and_proofs_out_of_them_hold_across_checkpoints(run):
    with transaction.atomic():
        run("SELECT audit_emit('read', 'probe', n::text, '', '', '{}') FROM generate_series(1, 600) AS n")
    first = seal(at=now(), most=300)
    seal_all(at=now(), most=300)
    ids = sealed_ids()

    assert run("SELECT level, index FROM audit_tile ORDER BY level, index") == [(0, 0), (0, 1)]
    assert merkle.root_of_hashes([bytes(h) for (h,) in run("SELECT hash FROM audit_leaf ORDER BY index")]) == bytes(
        Checkpoint.objects.get(size=600).root
    )
    assert all(is_proved(ids[place], size) for place in (0, 255, 256, 299) for size in (first.size, 600))
    proof = consistency_between(300, 600)
    assert merkle.verify_consistency(
        old_size=300,
        new_size=600,
        old_root=bytes(Checkpoint.objects.get(size=300).root),
        new_root=bytes(Checkpoint.objects.get(size=600).root),
        proof=[bytes.fromhex(hash_) for hash_ in proof["hashes"]],
    )


def test_an_event_that_is_not_sealed_and_a_checkpoint_that_is_none_are_refused():
    (event,) = write()
    with pytest.raises(ValidationError, match="not sealed yet"):
        inclusion_of(event)
    seal_all(at=now())
    (later,) = write()
    seal_all(at=now())

    with pytest.raises(ValidationError, match="no such checkpoint over this event"):
        inclusion_of(later, size=1)
    with pytest.raises(ValidationError, match="no checkpoint of this size"):
        consistency_between(1, 7)
    with pytest.raises(ValidationError, match="swap them"):
        consistency_between(2, 1)


def test_an_open_transaction_holds_back_what_came_after_it_and_loses_nothing():
    before = write(2)
    with beside() as slow:
        slow.execute("BEGIN")
        slow.execute("SELECT public.audit_emit('read', 'slow', '1', '', '', '{}')")
        after = write(2)

        seal_all(at=now())
        state = sealing_state(at=now() + timedelta(hours=1))

        assert sealed_ids() == before
        assert state.waiting.rows == 2
        assert state.lag_seconds > 3500
        assert state.parts[0].standing == "late"
        assert f"(process {slow.info.backend_pid} " in state.parts[0].sentence
        slow.execute("COMMIT")
    seal_all(at=now())

    slow_id = Event.objects.get(table_name="slow").id
    assert sealed_ids() == [*before, slow_id, *after]
    assert sealing_state(at=now()).parts[0].standing == "ok"


def test_a_transaction_that_seals_leaves_out_what_it_has_written_itself():
    """It may write more, and others may come between: its events are sealed when it is over."""
    before = write(1)
    with transaction.atomic():
        own = write(2)
        seal_all(at=now())
        assert sealed_ids() == before
        own += write(1)
    later = write(1)

    seal_all(at=now())

    assert sealed_ids() == [*before, *own, *later]


def test_many_writers_at_once_and_two_sealers_lose_and_double_nothing():
    stop = threading.Event()

    def writing():
        with beside() as other:
            for number in range(60):
                other.execute("BEGIN")
                other.execute("SELECT public.audit_emit('read', 'busy', %s, '', '', '{}')", [str(number)])
                time.sleep(0.002)
                other.execute("COMMIT" if number % 7 else "ROLLBACK")

    def sealing():
        while not stop.is_set():
            seal_all(at=now(), most=17)
        connection.close()

    writers = [threading.Thread(target=writing) for _ in range(6)]
    sealers = [threading.Thread(target=sealing) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    seal_all(at=now())

    written = list(Event.objects.order_by("xid", "id").values_list("id", flat=True))
    assert sealed_ids() == written
    assert len(written) == 6 * 51
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(len(written)))


def test_a_second_sealer_waits_its_turn():
    write()
    with beside() as first:
        first.execute("SELECT pg_advisory_lock(%s)", [0x4D52444E5345414C])

        assert seal(at=now()) is None
        first.execute("SELECT pg_advisory_unlock_all()")

    assert seal(at=now()).size == 1


def test_a_sealer_killed_between_leaf_and_checkpoint_leaves_no_half():
    write(5)
    with beside() as holder, beside() as watcher:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE audit_checkpoint IN ROW EXCLUSIVE MODE")
        holder.execute("LOCK TABLE audit_checkpoint IN EXCLUSIVE MODE")
        code = (
            "import django; django.setup()\n"
            "from django.db import connection\n"
            f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
            "from django.conf import settings; settings.SEALER_DATABASE_URL = ''\n"
            "from django.utils import timezone\n"
            "from audit.services.sealing import seal\n"
            "seal(at=timezone.now())"
        )
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "MERIDIAN_DATABASE_ROLE": "admin"}
        process = subprocess.Popen([sys.executable, "-c", code], cwd=settings.ROOT, env=environment)
        waits = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit_checkpoint'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        end = time.monotonic() + 30
        while watcher.execute(waits).fetchone()[0] == 0:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        holder.execute("ROLLBACK")

    end = time.monotonic() + 30
    while (sealed := seal(at=now())) is None and time.monotonic() < end:
        time.sleep(0.05)  # until the server notices that its client has gone
    assert (sealed.first, sealed.size) == (0, 5)
    assert Checkpoint.objects.count() == 1


def test_a_clock_that_goes_back_does_not_turn_the_log_round():
    write(2)
    seal_all(at=now())
    write(2)

    seal_all(at=now() - timedelta(days=2))
    state = sealing_state(at=now() - timedelta(days=3))

    assert [checkpoint.size for checkpoint in Checkpoint.objects.newest_first()] == [4, 2]
    assert (state.sealed_size, state.lag_seconds) == (4, 0)


def test_a_full_disk_keeps_the_sealer_from_nothing_but_sealing(run):
    write(2)
    run(
        "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
    )
    run("CREATE TRIGGER disk_full BEFORE INSERT ON audit_tile FOR EACH STATEMENT EXECUTE FUNCTION disk_full()")
    run("CREATE TRIGGER disk_full BEFORE INSERT ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION disk_full()")
    try:
        with pytest.raises(DatabaseError, match="No space left"):
            seal(at=now())
        write()
        late = sealing_state(at=now() + timedelta(minutes=5))
    finally:
        run("DROP FUNCTION disk_full CASCADE")

    assert sealed_ids() == []
    assert "the sealer does not run, or cannot write" in late.parts[0].sentence
    assert seal(at=now()).size == 3


def test_a_dump_restored_into_another_server_is_sealed_on(run):
    """Its transactions begin again below those of the log; what had not been sealed comes first."""
    ids = write(4)
    with unguarded(run, "audit_event"):
        run("UPDATE audit_event SET xid = xid + 1000000000")
    run("INSERT INTO audit_era VALUES (1, 0, 1, now())")
    write_late = write(1)
    with unguarded(run, "audit_event"):
        run("UPDATE audit_event SET xid = xid + 1000000000 WHERE xid < 1000000000")

    first = seal(at=now(), most=3)
    new = write(2)
    seal_all(at=now(), most=3)

    assert first.size == 3
    assert sealed_ids() == [*ids, *write_late, *new]
    assert len(run("SELECT * FROM audit_era")) == 2
    assert all(is_proved(event_id) for event_id in sealed_ids())


def test_transactions_that_begin_again_on_the_same_server_are_noticed(run):
    """As after a dump was restored over a physical copy: the last leaf is of a transaction that is yet to come."""
    ids = write(2)
    seal_all(at=now())
    with unguarded(run, "audit_leaf"):
        run("UPDATE audit_leaf SET xid = xid + 1000000000")
    new = write(2)

    seal_all(at=now())

    assert sealed_ids() == [*ids, *new]


@contextmanager
def unguarded(run, table):
    """Do what only the owner of the database can."""
    run(f"ALTER TABLE {table} DISABLE TRIGGER audit_refuse")
    yield
    run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_refuse")


def test_nothing_is_signed_that_does_not_continue_the_last_checkpoint(run):
    write(3)
    seal_all(at=now())
    with unguarded(run, "audit_leaf"):
        run("UPDATE audit_leaf SET hash = sha256('forged') WHERE index = 1")
    write()

    with pytest.raises(ValidationError, match="does not continue the checkpoint that was signed last"):
        seal(at=now())

    assert Checkpoint.objects.count() == 1


def test_a_new_key_signs_on_while_the_old_one_is_known(settings):
    write()
    seal_all(at=now())
    old = known_keys()[0]
    settings.MERIDIAN_SEAL_KEY = Signer("meridian/log", b"n" * 32).private_text()
    write()

    with pytest.raises(ValidationError, match="does not continue"):
        seal(at=now())
    settings.SEAL_OLD_KEYS = [str(old)]
    seal_all(at=now())

    assert [checkpoint.key == str(old) for checkpoint in Checkpoint.objects.order_by("size")] == [True, False]
    assert len(consistency_between(1, 2)["keys"]) == 2


@pytest.mark.parametrize("table", ["audit_leaf", "audit_tile", "audit_checkpoint", "audit_era", "audit_verification"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_sealed_refuses_changes(run, table, statement):
    with pytest.raises(DatabaseError, match="is refused"):
        run(statement.format(table))


def test_an_open_transaction_of_another_database_holds_nothing_back():
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("user", "password", "host", "port") if name in parameters}
    with psycopg.connect(**wanted, dbname="postgres") as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        written = write(2)

        seal_all(at=now())

        assert sealed_ids() == written
