"""What proving the log costs, and how quick proofs are: sealing beside saves, verification, the stand-alone verifier,
proofs over ten million events."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from audit import verifier
from audit.context import acting
from audit.models import Checkpoint, Leaf
from audit.rules.checkpoints import Checkpoint as State
from audit.rules.merkle import root_of_hashes
from audit.rules.tiles import WIDTH, Tree
from audit.services.export import Stretch, write_bundle
from audit.services.keys import signer
from audit.services.proofs import inclusion_of
from audit.services.sealing import seal_all
from audit.services.state import waiting_events
from audit.services.verification import verify
from bench.audit import CONTEXT, TABLE, TWINS, model_of

WRITERS = 8
MOMENT = 0.005  # seconds that a writer's transaction lasts besides its statements


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is a log of a million events, and ten million for the proof."""
    rows, saves = max(20_000, int(1_000_000 * scale)), max(200, int(1000 * scale))
    seal_all(at=timezone.now())
    results = [*beside_saves(saves), *keeping_up(max(3.0, 20 * scale))]
    write_events(rows)
    results += [*sealing(rows), *verification(), *standalone()]
    return [*results, *proofs(max(200_000, int(10_000_000 * scale)))]


# Beside saves ---------------------------------------------------------------------------------------------------------
def beside_saves(saves: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor, acting(**CONTEXT):
        for table, audited in TWINS.items():
            cursor.execute(f"DROP TABLE IF EXISTS {table}; {TABLE.format(table, max(1000, saves))}")
            cursor.execute(f"ANALYZE {table}")
            if audited:
                cursor.execute(f"SELECT audit_attach('{table}', 'id', '', '', '')")
        try:
            return [single_save(saves), concurrent_writers(max(2.0, saves / 250))]
        finally:
            for table in TWINS:
                cursor.execute(f"DROP TABLE {table}")


def single_save(saves: int) -> dict[str, Any]:
    """One row changed and saved by the ORM with capture, context and a running sealer, against the unaudited twin."""
    loans = {table: list(model_of(table).objects.order_by("id")[:saves]) for table in TWINS}
    taken: dict[str, list[float]] = {table: [] for table in TWINS}
    with sealer_process():
        for number in range(saves):
            for table in TWINS:
                loan = loans[table][number]
                loan.state, loan.principal = "closed", number + 1
                begun = time.perf_counter()
                loan.save()
                taken[table].append(time.perf_counter() - begun)
    median = {table: statistics.median(times) for table, times in taken.items()}
    return figure(
        "single save while sealing, audited / unaudited",
        median["bench_audited"] / median["bench_bare"],
        "×",
        1.15,
        saves,
    )


def concurrent_writers(seconds: float) -> dict[str, Any]:
    """Eight writers with transactions of some milliseconds: their throughput with a sealer against without, in turns."""
    counts = {True: 0, False: 0}
    for with_sealer in (False, True, True, False):  # so that a table that grows favours neither
        if with_sealer:
            with sealer_process():
                counts[True] += throughput(seconds)
        else:
            counts[False] += throughput(seconds)
    return figure(
        "eight writers while sealing / capture alone",
        counts[True] / counts[False],
        "×",
        0.95,
        sum(counts.values()),
        better="higher",
    )


def throughput(seconds: float) -> int:
    """Return how many transactions eight writers end in that time."""
    end, counts = time.monotonic() + seconds, [0] * WRITERS

    def writing(place: int) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
            while time.monotonic() < end:
                with own.transaction():
                    own.execute("UPDATE bench_audited SET principal = principal + 1 WHERE id = %s", [place * 17 + 1])
                    own.execute("SELECT pg_sleep(%s)", [MOMENT])
                counts[place] += 1

    threads = [threading.Thread(target=writing, args=[place]) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


@contextmanager
def sealer_process() -> Iterator[None]:
    """Run the sealer as production does, beside what is measured."""
    process = subprocess.Popen([sys.executable, "manage.py", "audit_sealer"], cwd=Path(__file__).parent.parent)
    write_events(1)
    end = time.monotonic() + 60
    while waiting_events().rows and time.monotonic() < end:
        time.sleep(0.1)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


# Keeping up -----------------------------------------------------------------------------------------------------------
def keeping_up(seconds: float) -> list[dict[str, Any]]:
    """Write 2,000 events a second in transactions of twenty, and look every half second how old the oldest is that waits."""
    lags: list[float] = []
    with sealer_process():
        begun = time.monotonic()
        written, looked = 0, begun
        while time.monotonic() - begun < seconds:
            write_events(20)
            written += 20
            if time.monotonic() - looked > 0.5:
                looked, since = time.monotonic(), waiting_events().since
                lags.append((timezone.now() - since).total_seconds() if since else 0.0)
            time.sleep(max(0.0, begun + written / 2000 - time.monotonic()))
        rate = written / (time.monotonic() - begun)
    return [
        figure("seconds to the seal at 2,000 events a second, at most", max(lags), "s", 2, written),
        figure("events a second written meanwhile", rate, "events/s", 1900, written, better="higher"),
    ]


def write_events(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(audit_emit('read', 'bench', n::text, 'bench.record.read', 'as asked by the customer',
                      '{"state":["open","closed"],"principal":[12.00,15.00],"updated_at":["2026-03-01T00:00:00.123456+00:00"]}'))
                 FROM generate_series(1, %s) AS n""",
            [count],
        )


def sealing(rows: int) -> list[dict[str, Any]]:
    begun = time.perf_counter()
    sealed = seal_all(at=timezone.now())
    return [
        figure(
            "events a second sealed in catching up",
            sealed / (time.perf_counter() - begun),
            "events/s",
            2000,
            sealed,
            better="higher",
        )
    ]


# Verification -----------------------------------------------------------------------------------------------------------
def verification() -> list[dict[str, Any]]:
    """The whole log again, content, tree, signatures and all, against hashing the same leaves and nodes from memory."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_event, audit_leaf, audit_tile")
        cursor.execute("SELECT audit_leaf_text(e) FROM audit_event AS e")
        texts = [text.encode() for (text,) in cursor.fetchall()]
        hashing = best(lambda: root_of_hashes([sha256(b"\0" + text).digest() for text in texts]))
        database = best(lambda: hash_in_database(cursor))
    rows = len(texts)
    whole = best(lambda: verify(kind="full", at=timezone.now(), now=timezone.now))
    return [
        figure("verification from the database / pure hashing", whole / hashing, "×", 2, rows),
        figure("verification from the database / its own hashing of the leaves", whole / database, "×", None, rows),
        figure("seconds of verification", whole, "s", None, rows),
    ]


def hash_in_database(cursor: Any) -> None:
    cursor.execute("SELECT count(audit_leaf_hash(e)) FROM audit_event AS e")


def standalone() -> list[dict[str, Any]]:
    """The bundle of the whole log through the verifier, on one processor."""
    checkpoint = Checkpoint.objects.newest_first().first()
    assert checkpoint is not None
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        write_bundle(
            folder=bundle,
            checkpoint=checkpoint,
            stretch=Stretch(0, checkpoint.size, checkpoint.size),
            at=timezone.now(),
        )
        taken = best(lambda: check(bundle), turns=2)
    return [
        figure(
            "events a second of the stand-alone verifier",
            checkpoint.size / taken,
            "events/s",
            150_000,
            checkpoint.size,
            better="higher",
        )
    ]


def check(bundle: Path) -> None:
    findings = verifier.verify(bundle)
    if findings:
        raise AssertionError(findings[0].sentence())


# Proofs -----------------------------------------------------------------------------------------------------------------
def proofs(size: int) -> list[dict[str, Any]]:
    """An inclusion proof of a real event that stands in the middle of a log of that many made-up leaves."""
    leaf = Leaf.objects.order_by("-index").first()
    assert leaf is not None
    with transaction.atomic(), connection.cursor() as cursor:
        make_log(cursor, size, leaf)
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        taken = []
        for _turn in range(50):
            begun = time.perf_counter()
            inclusion_of(leaf.event_id)
            taken.append(time.perf_counter() - begun)
        transaction.set_rollback(True)
    return [figure("inclusion proof", statistics.median(taken) * 1000, "ms", 20, size)]


def make_log(cursor: Any, size: int, leaf: Leaf) -> None:
    """Put a tree of that size in place of the log's, in a transaction that is rolled back."""
    for table in ("audit_leaf", "audit_tile", "audit_checkpoint", "audit_anchor_receipt"):
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER audit_refuse")
    cursor.execute("TRUNCATE audit_leaf, audit_tile, audit_checkpoint, audit_anchor_receipt")
    levels: list[list[bytes]] = [[sha256(b"%d" % number).digest() for number in range(size)]]
    levels[0][size // 2] = bytes(leaf.hash)
    with cursor.copy("COPY audit_tile (level, index, data, root) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int2", "int8", "bytea", "bytea"])
        while len(levels[-1]) >= WIDTH:
            level, above = levels[-1], []
            for index in range(len(level) // WIDTH):
                tile = level[index * WIDTH : (index + 1) * WIDTH]
                above.append(root_of_hashes(tile))
                copy.write_row((len(levels) - 1, index, b"".join(tile), above[-1]))
            levels.append(above)
    edge = size // WIDTH * WIDTH
    rows = [(place, -place - 1, leaf.at, leaf.xid, levels[0][place]) for place in range(edge, size)]
    rows.append((size // 2, leaf.event_id, leaf.at, leaf.xid, levels[0][size // 2]))
    cursor.executemany("INSERT INTO audit_leaf VALUES (%s, %s, %s, %s, %s)", rows)
    root = Tree(size, lambda level, index, width: b"".join(levels[level][index * WIDTH : index * WIDTH + width])).root()
    note = signer().sign(State("bench", size, root).text())
    cursor.execute(
        "INSERT INTO audit_checkpoint VALUES (%s, %s, %s, %s, now())", [size, root, note, str(signer().verifier)]
    )
    cursor.execute("ANALYZE audit_tile")


def best(work: Any, turns: int = 3) -> float:
    """Return the seconds of the quickest of some turns."""
    taken = []
    for _turn in range(turns):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def figure(
    name: str, value: float, unit: str, goal: float | None, rows: int, *, better: str = "lower"
) -> dict[str, Any]:
    holds = goal is None or (value <= goal if better == "lower" else value >= goal)
    return {
        "name": f"proof: {name}",
        "value": round(value, 3),
        "unit": unit,
        "goal": goal,
        "better": better,
        "holds": holds,
        "rows": rows,
    }
