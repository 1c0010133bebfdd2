import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import Event
from staff import jobs as registry
from staff.heartbeat import Heartbeat
from staff.jobs import JobFailed, Kind, RunningJob, register_job
from staff.models import Job, JobState, Notification
from staff.rules.jobs import seconds_left
from staff.services import jobs as service
from staff.services.jobs import (
    cancel_job,
    claim_job,
    expire_results,
    finish_job,
    restart_job,
    revive_jobs,
    run_job,
    start_job,
)
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Ids that were sent to the workers; none listens in tests."""
    ids = []
    monkeypatch.setattr(service.run_job_task, "delay_on_commit", ids.append)
    return ids


@pytest.fixture
def does(monkeypatch):
    """`does(function)` makes it what jobs of the kind `test.work` do."""
    return lambda function, permission="": monkeypatch.setitem(registry.KINDS, "test.work", Kind(function, permission))


def a_job(**fields):
    fields = {
        "owner": fields.get("owner") or UserFactory(role="risk"),
        "created_at": timezone.now(),
        "title": "Work",
        **fields,
    }
    return Job.objects.create(kind="test.work", **fields)


def run(job, at=None):
    run_job(job_id=job.pk, at=at or timezone.now())
    job.refresh_from_db()
    return job


@pytest.mark.django_db
def test_starting_a_job_keeps_what_was_asked_and_sends_its_number(does, sent):
    does(lambda job: None)
    user, now = UserFactory(role="risk"), timezone.now()

    job = start_job(actor=user, kind="test.work", title="Work", parameters={"q": "赵"}, at=now)

    job.refresh_from_db()
    assert (job.owner, job.state, job.parameters, job.created_at, sent) == (user, "queued", {"q": "赵"}, now, [job.pk])


@pytest.mark.django_db
def test_an_unknown_kind_and_a_missing_permission_are_refused(does):
    user = UserFactory(role="service")
    with pytest.raises(ValueError, match="registered"):
        start_job(actor=user, kind="test.nothing", title="", at=timezone.now())
    does(lambda job: None, permission="staff.add_user")
    with pytest.raises(PermissionDenied):
        start_job(actor=user, kind="test.work", title="", at=timezone.now())


@pytest.mark.django_db
def test_a_job_that_ends_keeps_its_figures_its_file_and_tells_its_owner(does):
    def work(job):
        job.progress(10, 10, "Ten rows")
        job.attach(ContentFile(b"a,b\n"), "rows.csv")

    does(work)
    job = run(a_job())

    assert (job.state, job.done, job.total, job.sentence, job.result_name) == ("done", 10, 10, "Ten rows", "rows.csv")
    assert default_storage.open(job.result.name).read() == b"a,b\n"
    told = Notification.objects.get(user=job.owner)
    assert (told.key, told.url) == (f"job:{job.pk}", reverse("staff:job_detail", args=[job.pk]))


@pytest.mark.django_db
def test_a_job_acts_in_its_owners_name_and_language(does):
    seen = {}

    def work(job):
        from audit.context import current

        seen["context"], seen["language"] = current(), translation.get_language()

    does(work)
    job = run(a_job(owner=UserFactory(role="risk", language="zh-hans")))

    assert (seen["context"].actor_id, seen["context"].label, seen["language"]) == (
        job.owner_id,
        "job:test.work",
        "zh-hans",
    )
    ended = Event.objects.filter(table_name="staff_job", action="staff.job.done").get()
    assert ended.actor_id == job.owner_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (JobFailed("Line 7 of orders.csv has no date."), "Line 7 of orders.csv has no date."),
        (ValidationError(["One.", "Two."]), "One. Two."),
    ],
)
def test_what_a_job_says_is_wrong_reaches_its_owner(does, error, sentence):
    def work(job):
        raise error

    does(work)
    job = run(a_job())

    assert (job.state, job.error) == ("failed", sentence)
    assert Notification.objects.get(user=job.owner).body == sentence


@pytest.mark.django_db
def test_an_unexpected_error_is_logged_with_its_traceback_and_told_without(does, caplog):
    def work(job):
        job.attach(ContentFile(b"half"), "half.csv")
        raise KeyError("secret internals")

    does(work)
    job = run(a_job())

    assert job.state == "failed"
    assert "secret internals" not in job.error
    assert str(job.pk) in job.error
    assert "secret internals" in caplog.text
    assert job.result == ""
    assert not default_storage.exists(registry.result_path(job.pk, 1))


@pytest.mark.django_db
def test_a_lost_database_leaves_the_job_to_be_taken_up_again(does, sent):
    def work(job):
        raise OperationalError("server closed the connection unexpectedly")

    does(work)
    job = run(a_job())
    assert job.state == "running"

    revive_jobs(at=timezone.now() + timedelta(seconds=61))

    job.refresh_from_db()
    assert (job.state, sent) == ("queued", [job.pk])


@pytest.mark.django_db
def test_a_job_is_done_once_however_often_its_message_comes(does):
    done = []
    does(lambda job: done.append(job.id))
    job = a_job()

    run(job)
    run(job)

    assert done == [job.pk]
    assert Notification.objects.filter(user=job.owner).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_take_a_job_at_once_one_works(does):
    done, start = [], threading.Barrier(2)
    does(lambda job: (done.append(job.attempt), time.sleep(0.2)))
    job = a_job()

    def worker():
        start.wait()
        try:
            run_job(job_id=job.pk, at=timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert done == [1]


@pytest.mark.django_db
def test_a_killed_workers_job_is_queued_again_and_done_by_another(does, sent):
    does(lambda job: job.attach(ContentFile(b"whole"), "rows.csv"))
    job, now = a_job(), timezone.now()
    claim_job(job_id=job.pk, at=now - timedelta(seconds=90))  # and then it was killed
    default_storage.save(registry.result_path(job.pk, 1), ContentFile(b"hal"))

    assert revive_jobs(at=now) == 1
    run(job, at=now)

    assert (job.state, job.attempt, sent) == ("done", 2, [job.pk])
    assert default_storage.open(job.result.name).read() == b"whole"
    assert not default_storage.exists(registry.result_path(job.pk, 1))


@pytest.mark.django_db
def test_a_living_workers_job_is_left_alone(does, sent):
    does(lambda job: None)
    job, now = a_job(), timezone.now()
    claim_job(job_id=job.pk, at=now - timedelta(seconds=30))

    assert revive_jobs(at=now) == 0
    assert claim_job(job_id=job.pk, at=now) is None
    assert sent == []


@pytest.mark.django_db
def test_a_queued_job_whose_message_was_lost_is_sent_again(does, sent):
    does(lambda job: None)
    now = timezone.now()
    lost = a_job(beat_at=now - timedelta(minutes=11))
    a_job(beat_at=now - timedelta(minutes=9))

    revive_jobs(at=now)
    revive_jobs(at=now)

    assert sent == [lost.pk]


@pytest.mark.django_db
def test_a_job_that_takes_three_workers_down_is_given_up_with_a_sentence(does, sent):
    does(lambda job: None)
    now = timezone.now()
    job = a_job(state="running", attempt=3, beat_at=now - timedelta(seconds=61))

    revive_jobs(at=now)

    job.refresh_from_db()
    assert job.state == "failed"
    assert "3 times" in job.error
    assert sent == []
    assert Notification.objects.get(user=job.owner).body == job.error


@pytest.mark.django_db
def test_a_worker_that_wakes_up_late_writes_nothing(does):
    job, now = a_job(), timezone.now()
    late = RunningJob(claim_job(job_id=job.pk, at=now - timedelta(seconds=90)))
    late.attach(ContentFile(b"stale"), "rows.csv")
    claim_job(job_id=job.pk, at=now)

    assert finish_job(running=late, state=JobState.DONE, at=now) is False

    job.refresh_from_db()
    assert (job.state, job.attempt, job.result) == ("running", 2, "")
    assert not default_storage.exists(registry.result_path(job.pk, 1))


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_shows_figures_and_hears_of_cancelling():
    job = a_job()
    running = RunningJob(claim_job(job_id=job.pk, at=timezone.now()))
    running.done, running.total, running.sentence = 7, 9, "Seven"
    beat = Heartbeat(running)

    beat.beat()
    job.refresh_from_db()
    assert (job.done, job.total, job.sentence) == (7, 9, "Seven")

    cancel_job(actor=job.owner, job_id=job.pk, at=timezone.now())
    beat.beat()
    with pytest.raises(registry.JobCancelled):
        running.progress(8)

    Job.objects.filter(pk=job.pk).update(attempt=2)
    beat.beat()
    with pytest.raises(registry.JobLost):
        running.check()


@pytest.mark.django_db(transaction=True)
def test_a_running_job_stops_when_it_is_cancelled(does, monkeypatch):
    monkeypatch.setattr("staff.heartbeat.EVERY_SECONDS", 0.05)

    def work(job):
        job.attach(ContentFile(b"half"), "half.csv")
        cancel_job(actor=job.owner, job_id=job.id, at=timezone.now())
        for n in range(200):
            job.progress(n, 200, "Working")
            time.sleep(0.05)
        pytest.fail("nobody stopped it")

    does(work)
    job = run(a_job())

    assert (job.state, job.result) == ("cancelled", "")
    assert not Notification.objects.filter(user=job.owner).exists()


@pytest.mark.django_db
def test_a_waiting_job_is_cancelled_at_once_and_never_done(does):
    does(lambda job: pytest.fail("it was cancelled"))
    job = a_job()

    cancel_job(actor=job.owner, job_id=job.pk, at=timezone.now())

    assert run(job).state == "cancelled"
    with pytest.raises(ValidationError, match="already over"):
        cancel_job(actor=job.owner, job_id=job.pk, at=timezone.now())


@pytest.mark.django_db
def test_a_cancelled_jobs_dead_worker_is_not_replaced(sent):
    now = timezone.now()
    job = a_job(state="running", attempt=1, beat_at=now - timedelta(seconds=61), cancel_asked_at=now)

    revive_jobs(at=now)

    job.refresh_from_db()
    assert (job.state, sent) == ("cancelled", [])


@pytest.mark.django_db
def test_only_its_owner_and_an_administrator_cancel_a_job():
    job = a_job()

    with pytest.raises(PermissionDenied):
        cancel_job(actor=UserFactory(role="risk"), job_id=job.pk, at=timezone.now())

    assert cancel_job(actor=UserFactory(role="administrator"), job_id=job.pk, at=timezone.now()).state == "cancelled"


@pytest.mark.django_db
def test_a_job_whose_owner_lost_the_permission_is_not_done(does):
    does(lambda job: pytest.fail("not allowed any more"), permission="staff.add_user")
    job = run(a_job(owner=UserFactory(role="service")))

    assert (job.state, job.error) == ("failed", "Its owner may not do this any more.")


@pytest.mark.django_db
def test_starting_a_failed_job_again_makes_a_new_one(does, sent):
    does(lambda job: None)
    old = a_job(state="failed", parameters={"format": "csv"})

    new = restart_job(actor=old.owner, job_id=old.pk, at=timezone.now())

    assert (new.pk != old.pk, new.parameters, new.state, sent) == (True, {"format": "csv"}, "queued", [new.pk])
    with pytest.raises(PermissionDenied):
        restart_job(actor=UserFactory(role="risk"), job_id=old.pk, at=timezone.now())


@pytest.mark.django_db
def test_results_are_deleted_after_thirty_days_and_the_job_says_so(does, client):
    now = timezone.now()
    name = default_storage.save("jobs/old", ContentFile(b"x"))
    old = a_job(state="done", ended_at=now - timedelta(days=31), result=name, result_name="rows.csv")
    young = a_job(state="done", ended_at=now - timedelta(days=29), result="jobs/young", result_name="rows.csv")

    assert expire_results(at=now) == 1

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.result, old.result_name, young.result) == ("", "rows.csv", "jobs/young")
    assert not default_storage.exists(name)
    client.force_login(old.owner)
    assert "deleted after 30 days" in client.get(reverse("staff:job_detail", args=[old.pk])).content.decode()
    assert client.get(reverse("staff:job_result", args=[old.pk])).status_code == 404


@pytest.mark.django_db
def test_a_result_is_for_its_owner_alone(client):
    name = default_storage.save("jobs/1", ContentFile(b"x"))
    job = a_job(state="done", ended_at=timezone.now(), result=name, result_name='a"b\r\n.html')
    address = reverse("staff:job_result", args=[job.pk])

    answers = []
    for user in [job.owner, UserFactory(role="administrator"), UserFactory(role="risk"), UserFactory()]:
        client.force_login(user)
        answers.append(client.get(address))

    assert [answer.status_code for answer in answers] == [200, 403, 404, 403]
    assert answers[0]["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answers[0]["Content-Disposition"]
    assert b"".join(answers[0].streaming_content) == b"x"
    assert Event.objects.filter(kind="export", action="staff.job.result_downloaded").count() == 1


@pytest.mark.django_db
def test_the_bar_stops_asking_when_the_job_is_over(client):
    job = a_job(state="running", attempt=1, started_at=timezone.now(), beat_at=timezone.now(), done=5, total=10)
    client.force_login(job.owner)
    address = reverse("staff:job_progress", args=[job.pk])

    running = client.get(address)
    Job.objects.filter(pk=job.pk).update(state="done")
    over = client.get(address)

    assert (running.status_code, over.status_code, over["HX-Refresh"]) == (200, 286, "true")
    assert "50%" in running.content.decode()


@pytest.mark.django_db
def test_people_see_their_own_jobs_and_administrators_all_of_them(client):
    mine, other = a_job(title="Mine"), a_job(title="Other")
    admin = UserFactory(role="administrator")

    assert list(Job.objects.visible_to(mine.owner)) == [mine]
    assert set(Job.objects.visible_to(admin)) == {mine, other}
    assert not Job.objects.visible_to(UserFactory()).exists()
    client.force_login(mine.owner)
    assert client.get(reverse("staff:job_detail", args=[other.pk])).status_code == 404
    client.force_login(admin)
    assert "Other" in client.get(reverse("staff:job_list")).content.decode()
    assert "Other" not in client.get(reverse("staff:job_list") + "?whose=mine").content.decode()


@pytest.mark.parametrize(
    ("seconds", "done", "total", "left"),
    [
        (10, 25, 100, 30),
        (10, 100, 100, 0),
        (10, 1, 100, None),
        (2, 50, 100, None),
        (10, 50, None, None),
        (10, 0, 0, None),
    ],
)
def test_time_left_is_told_once_it_is_more_than_a_guess(seconds, done, total, left):
    now = timezone.now()

    assert seconds_left(started_at=now - timedelta(seconds=seconds), at=now, done=done, total=total) == left


def test_one_kind_has_one_function():
    register_job("test.twice", print)
    register_job("test.twice", print)
    with pytest.raises(ValueError, match="already"):
        register_job("test.twice", repr)
    del registry.KINDS["test.twice"]
