"""Watch lists: a version comes into force whole or not at all, and customers are held against what is new in it."""

import signal
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from customers.models import ListEntry, ListVersion, ScreeningHit
from customers.services import screening, screening_lists
from customers.services.screening import screen_customers
from staff.jobs import JobFailed
from tests.customers.screening import HEAD, NOW, a_customer, asked, load, running
from tests.factories import UserFactory
from tests.factories.customers import WatchListFactory
from tests.killed import run_and_die

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("screening_apart")]


def test_a_version_comes_into_force_and_the_last_one_is_replaced(officer):
    first = load(officer, "1,person,John Smith,,,,", "2,person,Jane Doe,,,,")
    second = load(officer, "1,person,John Smith,,,,", "2,person,Jane M. Doe,,,,", "3,person,Mary Major,,,,")

    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "current")
    assert (second.rows_taken, second.rows_new, second.rows_gone) == (3, 2, 0)
    kept = ListEntry.objects.order_by("external_id", "from_version").values_list(
        "external_id", "from_version", "to_version"
    )
    assert list(kept) == [("1", 1, None), ("2", 1, 1), ("2", 2, None), ("3", 2, None)]


def test_an_entry_that_is_gone_stays_as_it_stood(officer):
    load(officer, "1,person,John Smith,,,,", "2,person,Jane Doe,,,,")
    version = load(officer, "1,person,John Smith,,,,")

    assert (version.rows_gone, version.rows_new) == (1, 0)
    assert ListEntry.objects.get(external_id="2").to_version == 1


def test_rows_that_are_none_are_kept_with_their_line(officer):
    version = load(officer, "1,person,John Smith,,,,", "2,person,Jane Doe,,tomorrow,,", "3,person,,,,,")

    assert (version.rows_read, version.rows_taken, version.rows_rejected) == (3, 1, 2)
    assert list(version.rejects.values_list("line", "reason")) == [(3, "birth_date"), (4, "no_name")]


@pytest.mark.parametrize("lines", [[], ["1,person,,,,,"], ["<html>"]])
def test_a_file_without_an_entry_changes_nothing(officer, lines):
    load(officer, "1,person,John Smith,,,,")

    with pytest.raises(JobFailed, match="No row"):
        load(officer, *lines)

    assert ListEntry.objects.in_force().count() == 1
    assert list(ListVersion.objects.order_by("number").values_list("state", flat=True)) == ["current", "failed"]


def test_a_file_that_was_cut_off_takes_nothing_away_unless_it_may(officer):
    load(officer, *(f"{n},person,John Smith{n},,,," for n in range(5)))

    with pytest.raises(JobFailed, match="much smaller"):
        load(officer, "1,person,John Smith1,,,,")
    assert load(officer, "1,person,John Smith1,,,,", may_shrink=True).state == "current"


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"%PDF-1.7", b"\x1f\x8bgz"])
def test_a_file_that_is_no_text_is_refused_by_its_bytes(officer, content):
    with pytest.raises(ValidationError, match="in truth"):
        screening_lists.load_list(
            actor=officer, list_id=WatchListFactory().pk, upload=SimpleUploadedFile("list.csv", content), at=NOW
        )
    assert not ListVersion.objects.exists()


def test_only_compliance_loads_lists():
    with pytest.raises(ValidationError, match="Compliance"):
        load(UserFactory(role="service"), "1,person,John Smith,,,,")


def test_a_load_that_is_killed_while_customers_are_held_against_it_goes_on(officer, monkeypatch):
    load(officer, "1,person,John Smith,,,,")
    for _number in range(5):
        a_customer()
    screen_customers(at=NOW)
    monkeypatch.setattr(screening, "CHUNK", 2)
    whole, calls = screening._screen_part, []

    def dies_in_the_second(version, ids, against):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(version, ids, against)

    monkeypatch.setattr(screening, "_screen_part", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        load(officer, "1,person,John Smith,,,,", "2,person,Duan Zhengchun,,,,")
    version = ListVersion.objects.get(number=2)
    assert (version.state, version.screened_at, ScreeningHit.objects.count()) == ("current", None, 2)

    screening_lists.run_load_job(running(version))
    screening_lists.run_load_job(running(version))
    assert ScreeningHit.objects.count() == 5


# Pages ---------------------------------------------------------------------------------------------------------------
def test_a_list_is_made_and_loaded_from_the_page(client, officer):
    client.force_login(officer)
    sent = {"code": "un", "name": "Consolidated", "kind": "sanctions", "publisher": "UN"}
    assert client.post("/customers/screening/lists/new/", sent).status_code == 302
    assert client.post("/customers/screening/lists/new/", sent).status_code == 422

    watch_list = WatchListFactory._meta.model.objects.get()
    file = SimpleUploadedFile("list.csv", (HEAD + "1,person,John Smith,,,,\n").encode())
    assert (
        client.post("/customers/screening/lists/load/", {"watch_list": watch_list.pk, "file": file}).status_code == 302
    )
    version = ListVersion.objects.get()
    screening_lists.run_load_job(running(version))

    page = client.get(f"/customers/screening/lists/{version.pk}/").content.decode()
    assert "list.csv" in page


# Killed, twice, in parallel ------------------------------------------------------------------------------------------
LOAD = """
from customers.services import screening, screening_lists
from staff.jobs import RunningJob
from staff.models import Job
screening.CHUNK = 2
screening_lists.run_load_job(RunningJob(Job.objects.get(pk={job})))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("at", "after", "state", "standing", "hits"),
    [
        ("customers.services.screening_lists._close", 0, "queued", ["1"], 0),
        ("customers.services.screening._screen_part", 1, "current", ["1", "2"], 2),
    ],
)
def test_a_load_whose_process_is_killed_leaves_a_whole_version_and_is_finished_by_the_next(
    at, after, state, standing, hits
):
    officer = UserFactory(role="compliance")
    first = load(officer, "1,person,John Smith,,,,")
    for _number in range(5):
        a_customer()
    screen_customers(at=NOW)
    version = asked(officer, "1,person,John Smith,,,,", "2,person,Duan Zhengchun,,,,", watch_list=first.watch_list)

    code = run_and_die(LOAD.format(job=version.job_id), at=at, after=after)

    assert code == -signal.SIGKILL
    version.refresh_from_db()
    assert (version.state, in_force(version.watch_list), ScreeningHit.objects.count()) == (state, standing, hits)
    screening_lists.run_load_job(running(version))
    screening_lists.run_load_job(running(version))
    version.refresh_from_db()
    assert (version.state, in_force(version.watch_list), ScreeningHit.objects.count()) == ("current", ["1", "2"], 5)


def in_force(watch_list):
    entries = ListEntry.objects.filter(watch_list=watch_list, to_version=None)
    return sorted(entries.values_list("external_id", flat=True))


def at_once(*versions):
    """Do the jobs of versions in processes' stead: threads with connections of their own."""
    errors, start = [], threading.Barrier(len(versions))

    def work(version):
        try:
            start.wait(30)
            screening_lists.run_load_job(running(version))
        except JobFailed:
            pass  # an older version that comes too late says so
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_two_versions_at_once_leave_the_newer_one_in_force():
    officer = UserFactory(role="compliance")
    for _number in range(5):
        a_customer()
    first = load(officer, "1,person,John Smith,,,,")
    screen_customers(at=NOW)
    older = asked(officer, "1,person,John Smith,,,,", "2,person,Mary Jones,,,,", watch_list=first.watch_list)
    newer = asked(officer, "1,person,John Smith,,,,", "3,person,Duan Zhengchun,,,,", watch_list=first.watch_list)

    at_once(older, newer)

    newer.refresh_from_db()
    older.refresh_from_db()
    assert newer.state == "current"
    assert older.state in {"replaced", "failed"}
    assert in_force(first.watch_list) == ["1", "3"]
    assert ScreeningHit.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_one_version_by_two_workers_at_once_comes_into_force_once():
    officer = UserFactory(role="compliance")
    for _number in range(5):
        a_customer()
    first = load(officer, "1,person,John Smith,,,,")
    screen_customers(at=NOW)
    lines = ["1,person,John Smith,,,,", "2,person,Duan Zhengchun,,,,", "3,person,Mary Jones,,,,"]
    version = asked(officer, *lines, watch_list=first.watch_list)

    at_once(version, version)

    version.refresh_from_db()
    assert (version.state, version.rows_new) == ("current", 2)
    assert (in_force(version.watch_list), ScreeningHit.objects.count()) == (["1", "2", "3"], 5)


def test_an_older_version_that_comes_late_does_not_take_the_place_of_a_newer_one(officer):
    first = load(officer, "1,person,John Smith,,,,")
    late = asked(officer, "1,person,John Smith,,,,", "2,person,Mary Jones,,,,", watch_list=first.watch_list)
    load(officer, "1,person,John Smith,,,,", "3,person,Ann Miller,,,,", watch_list=first.watch_list)

    with pytest.raises(JobFailed, match="newer version"):
        screening_lists.run_load_job(running(late))

    late.refresh_from_db()
    assert (late.state, in_force(first.watch_list)) == ("failed", ["1", "3"])
