import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.context import acting
from audit.models import Event
from customers.models import Portrait, PortraitRound
from operations.models import Figure, NightlyRun, NightlyStep, RunState, StepState
from operations.rules.nightly import business_date_at, steps_from
from operations.services.nightly import (
    LOCK,
    NightlyBusy,
    NightlyFailed,
    close_dead_runs,
    go_on,
    is_dead,
    run_nightly,
)
from operations.services.steps import NAMES
from operations.tasks.nightly import nightly_task
from staff.models import Notification
from tests.customers.histories import DAY, arrive, make_customer
from tests.database_roles import as_owner
from tests.factories import UserFactory


def states(run):
    return dict(run.steps.values_list("name", "state"))


@contextmanager
def beside():
    """A cursor of another connection to the test database."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


@contextmanager
def somebody_else_at_work():
    with beside() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({LOCK})")
        yield
        cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")  # a closed connection gives it back only some time later


@contextmanager
def refused_portraits():
    """The database takes no new portrait: a failure like any other."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_portrait ADD CONSTRAINT no_portraits CHECK (n_30 < 0) NOT VALID")
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_portrait DROP CONSTRAINT no_portraits")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 6, 30, 17, 30, tzinfo=UTC), date(2026, 6, 30)),  # 01:30 on 1 July in Shanghai
        (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), date(2026, 6, 29)),
    ],
)
def test_the_business_date_is_yesterday_on_the_companys_clock(now, day):
    assert business_date_at(now, "Asia/Shanghai") == day


def test_steps_are_done_from_the_one_named():
    assert steps_from(["a", "b", "c"], "b") == ["b", "c"]
    assert steps_from(["a", "b"], "") == ["a", "b"]


def test_a_step_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="no step x: choose among a, b"):
        steps_from(["a", "b"], "x")


@pytest.mark.django_db
def test_a_run_does_its_steps_in_order_and_notes_rows_seconds_and_input():
    customer = make_customer()
    arrive((customer, DAY, "5"))

    run = run_nightly(business_date=DAY)

    steps = list(run.steps.all())
    assert [step.name for step in steps] == NAMES
    assert NAMES == [
        "activity",
        "portrait",
        "duplicates",
        "tags",
        "segments",
        "products",
        "loan_classes",
        "indicators",
        "matrix",
        "appetite",
        "control_tests",
        "reviews",
        "assessments",
        "acceptances",
        "duty_exceptions",
        "policies",
        "changes",
        "looks",
        "self_assessments",
        "findings",
        "offers",
        "figures",
    ]
    assert {step.state for step in steps} == {StepState.DONE}
    assert all(step.seconds > 0 and step.input_as_of for step in steps)
    assert steps[1].rows == 1
    assert Portrait.objects.get().run == run.pk
    assert Figure.objects.get(name="customers_total", line="").value == 1
    run.refresh_from_db()
    assert run.state == RunState.DONE


@pytest.mark.django_db
def test_a_second_run_for_the_date_changes_nothing():
    arrive((make_customer(), DAY, "5"))
    run_nightly(business_date=DAY)

    run = run_nightly(business_date=DAY)

    assert dict(run.steps.values_list("name", "rows")) == dict.fromkeys(NAMES, 0)


@pytest.mark.django_db
def test_from_a_step_on_the_earlier_ones_are_skipped():
    run = run_nightly(business_date=DAY, from_step="indicators")

    assert [state for _, state in sorted(states(run).items(), key=lambda item: NAMES.index(item[0]))] == (
        [StepState.SKIPPED] * 7 + [StepState.DONE] * (len(NAMES) - 7)
    )


@pytest.mark.django_db
def test_a_failing_step_says_why_and_the_run_goes_on_from_there():
    arrive((make_customer(), DAY, "5"))
    with refused_portraits():
        with pytest.raises(NightlyFailed, match="no_portraits"):
            run_nightly(business_date=DAY)
        run = NightlyRun.objects.get()
        assert run.state == RunState.FAILED
        assert states(run) == {"activity": "done", "portrait": "failed"} | dict.fromkeys(NAMES[2:], "waiting")
        assert "no_portraits" in run.steps.get(name="portrait").error
        assert not PortraitRound.objects.exists()

    activity = run.steps.get(name="activity").ended_at
    again = go_on(run_id=run.pk)

    assert set(states(again).values()) == {"done"}
    assert again.steps.get(name="activity").ended_at == activity
    assert Portrait.objects.count() == 1


@pytest.mark.django_db
def test_a_run_that_is_done_cannot_be_taken_up():
    run = run_nightly(business_date=DAY)

    with pytest.raises(ValidationError, match="This run is done"):
        go_on(run_id=run.pk)


@pytest.mark.django_db
def test_a_failed_run_is_not_taken_up_after_a_later_one():
    with refused_portraits():
        make_customer()
        with pytest.raises(NightlyFailed):
            run_nightly(business_date=DAY)
    failed = NightlyRun.objects.get()
    run_nightly(business_date=DAY + timedelta(days=1))

    with pytest.raises(ValidationError, match="later run"):
        go_on(run_id=failed.pk)


@pytest.mark.django_db
def test_a_date_to_come_is_refused():
    with pytest.raises(ValidationError, match="still to come"):
        run_nightly(business_date=timezone.localdate() + timedelta(days=2))


@pytest.mark.django_db
def test_of_two_runs_one_works_and_the_other_says_so():
    with somebody_else_at_work():
        with pytest.raises(NightlyBusy, match="just starting"):
            run_nightly(business_date=DAY)
        with pytest.raises(CommandError, match="just starting") as refusal:
            call_command("nightly", date=DAY)

    assert refusal.value.returncode == 1
    assert not NightlyRun.objects.exists()
    run_nightly(business_date=DAY)


@pytest.mark.django_db
def test_the_database_too_knows_only_one_running_run():
    now = timezone.now()
    NightlyRun.objects.create(business_date=DAY, started_at=now, beat_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        NightlyRun.objects.create(business_date=DAY, started_at=now, beat_at=now)


@pytest.mark.django_db
def test_a_run_whose_process_is_gone_is_dead_and_closed_by_the_next_start():
    now = timezone.now()
    dead = NightlyRun.objects.create(business_date=DAY, started_at=now, beat_at=now)
    NightlyStep.objects.create(run=dead, position=1, name="activity", state=StepState.DONE)
    NightlyStep.objects.create(run=dead, position=2, name="portrait", state=StepState.RUNNING, started_at=now)
    with somebody_else_at_work():
        assert not is_dead(dead)
    assert is_dead(dead)

    run = go_on(run_id=dead.pk)

    assert states(run) == {"activity": "done", "portrait": "done"}
    assert close_dead_runs() == 0


@pytest.mark.django_db
def test_whoever_asked_hears_that_another_run_is_at_work():
    person = UserFactory(role="administrator")
    with somebody_else_at_work():
        nightly_task(DAY.isoformat(), person.pk)

    assert Notification.objects.get(user=person).title == "The nightly run did not start"


@pytest.mark.django_db
def test_those_who_may_start_a_run_hear_of_a_failure():
    administrator, risk, service = (UserFactory(role=role) for role in ("administrator", "risk", "service"))
    make_customer()
    with refused_portraits():
        nightly_task(DAY.isoformat())

    assert set(Notification.objects.values_list("user", flat=True)) == {administrator.pk, risk.pk}
    assert not Notification.objects.filter(user=service).exists()


@pytest.mark.django_db
def test_the_command_prints_each_step(capsys):
    call_command("nightly", date=DAY)

    out = capsys.readouterr().out
    assert all(name in out for name in NAMES)
    assert "Done." in out


def test_the_command_wants_a_date_as_a_date(capsys):
    with pytest.raises(CommandError, match="30.6.2026 is no date: write it as 2026-06-30"):
        call_command("nightly", "--date", "30.6.2026")


@pytest.mark.django_db
def test_what_a_run_does_is_in_its_name():
    with acting(label="task:operations.nightly"):
        run = run_nightly(business_date=DAY)

    events = Event.objects.filter(table_name="operations_nightlyrun", pk_text=str(run.pk)).order_by("id")
    assert [(event.action, event.actor_label) for event in events] == [
        ("operations.nightly_run.started", "task:operations.nightly"),
        ("operations.nightly_run.done", "task:operations.nightly"),
    ]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_stopped():
    make_customer()
    with beside() as cursor:
        # The first step waits behind this lock, so the kill meets it in the middle.
        cursor.execute("SELECT pg_advisory_lock(hashtext('customers.activity'))")
        process = start_nightly_beside()
        wait_for(lambda: NightlyRun.objects.running().exists(), process)
        run = NightlyRun.objects.get()
        wait_for(lambda: run.steps.filter(state=StepState.RUNNING).exists(), process)
        assert not is_dead(run)
        with pytest.raises(NightlyBusy, match="at work since"):
            run_nightly(business_date=DAY)

        process.send_signal(signal.SIGKILL)
        process.wait(10)
        wait_for(lambda: is_dead(run))

    again = go_on(run_id=run.pk)

    assert set(states(again).values()) == {"done"}
    assert Portrait.objects.count() == 1


def start_nightly_beside():
    url = urlsplit(settings.DATABASE_URL)._replace(path="/" + connection.settings_dict["NAME"])
    return subprocess.Popen(
        [sys.executable, "manage.py", "nightly", "--date", DAY.isoformat()],
        cwd=settings.ROOT,
        env={**os.environ, "DATABASE_URL": urlunsplit(url), "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition, process=None, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert process is None or process.poll() is None, "the command ended too early"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
