import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Event
from audit.partitions import ensure_months
from audit.services.months import prepare_months
from tests.database_roles import as_owner

pytestmark = pytest.mark.usefixtures("owner")  # makes tables of its own
FAR = "'2199-07-15 12:00+00'"
WRITE = f"SELECT audit_write(nextval('audit_event_id_seq'), {FAR}, 'read', 'probe', '1', NULL, '{{}}')"


def partitions(run, parent):
    return [
        name
        for (name,) in run(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1", parent
        )
    ]


@pytest.mark.django_db
def test_an_event_of_a_month_that_nobody_prepared_makes_its_partition(run):
    run(WRITE)

    assert run("SELECT tableoid::regclass::text FROM audit_event WHERE at = %s", "2199-07-15 12:00+00") == [
        ("audit_event_y2199m07",)
    ]


@pytest.mark.django_db
def test_a_change_in_a_month_that_nobody_prepared_is_recorded(run, twin):
    for (partition,) in run(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass"
    ):
        run(f"ALTER TABLE audit_event DETACH PARTITION {partition}")
        run(f"ALTER TABLE {partition} RENAME TO put_aside_{partition}")

    run("UPDATE twin SET state = 'changed'")
    run("DELETE FROM twin")

    assert [event.kind for event in Event.objects.order_by("id")] == ["update", "delete"]
    assert len(partitions(run, "audit_event")) == 1


@pytest.mark.django_db
def test_a_partition_made_on_demand_refuses_changes(run):
    run(WRITE)

    with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
        run("TRUNCATE audit_event_y2199m07")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "inside"), [("day date", "2026-12-31"), ("day timestamptz", "2026-12-31 23:59:59.999999+00")]
)
def test_a_month_ends_where_the_next_begins(run, column, inside):
    run(f"CREATE TABLE reading (id bigint, {column}) PARTITION BY RANGE (day)")

    ensure_months("reading", date(2026, 11, 30), date(2027, 1, 1))

    assert partitions(run, "reading") == ["reading_y2026m11", "reading_y2026m12", "reading_y2027m01"]
    run("INSERT INTO reading VALUES (1, %s)", inside)
    assert run("SELECT tableoid::regclass::text FROM reading") == [("reading_y2026m12",)]


@pytest.mark.django_db
def test_the_log_is_prepared_for_three_months_in_utc(run):
    late = datetime(2150, 1, 1, 3, tzinfo=ZoneInfo("Asia/Shanghai"))

    prepare_months(at=late)

    assert [name for name in partitions(run, "audit_event") if "y2149" in name or "y2150" in name] == [
        "audit_event_y2149m12",
        "audit_event_y2150m01",
        "audit_event_y2150m02",
        "audit_event_y2150m03",
    ]


@pytest.mark.django_db
def test_months_that_stand_are_left_alone(run):
    run("CREATE TABLE reading (id bigint, day date) PARTITION BY RANGE (day)")
    ensure_months("reading", date(1993, 1, 5), date(1993, 1, 6))
    run("INSERT INTO reading VALUES (1, '1993-01-01')")

    ensure_months("reading", date(1993, 1, 1), date(1993, 2, 1))

    assert run("SELECT count(*) FROM reading_y1993m01") == [(1,)]


def test_months_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="swap them"):
        ensure_months("reading", date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.django_db
def test_a_table_without_months_is_refused(run, probe):
    with pytest.raises(DatabaseError, match="not partitioned by range"), transaction.atomic():
        run("SELECT audit_ensure_month('probe', '2026-01-01')")


@pytest.mark.django_db(transaction=True)
def test_writers_in_parallel_make_one_partition_and_lose_no_event(run):
    start, failures = threading.Barrier(4), []

    def write():
        try:
            start.wait()
            with transaction.atomic(), as_owner(), connection.cursor() as cursor:
                cursor.execute(WRITE)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    try:
        assert failures == []
        assert run("SELECT count(*) FROM audit_event_y2199m07") == [(4,)]
    finally:
        run("DROP TABLE IF EXISTS audit_event_y2199m07")
