from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from operations.models import NightlyRun, NightlyStep, RunState, StepState
from operations.services.nightly import run_nightly
from operations.services.nightly_stamp import touch
from tests.customers.histories import DAY
from tests.factories import UserFactory
from tests.operations.test_nightly import somebody_else_at_work

pytestmark = pytest.mark.django_db
COUNTED = 6


@pytest.fixture
def admin(client):
    person = UserFactory(role="administrator")
    client.force_login(person)
    return person


@pytest.fixture
def queued(monkeypatch):
    """What was sent to the workers: the broker is a network, and stays out of these tests."""
    sent = []
    monkeypatch.setattr(
        "celery.app.task.Task.apply_async",
        lambda task, args=(), kwargs=None, **options: sent.append((task.name, *args)),
    )
    return sent


def make_run(state=RunState.DONE, day=DAY, error=""):
    now = timezone.now()
    run = NightlyRun.objects.create(business_date=day, state=state, started_at=now, beat_at=now, ended_at=now)
    NightlyStep.objects.create(run=run, position=1, name="activity", state=StepState.DONE, rows=12345, seconds=1.5)
    last = {"done": StepState.DONE, "failed": StepState.FAILED, "running": StepState.RUNNING}[state]
    NightlyStep.objects.create(run=run, position=2, name="portrait", state=last, started_at=now, error=error)
    return run


@pytest.mark.parametrize("runs", [1, 3])
def test_the_list_costs_the_same_queries_for_any_length(client, admin, runs, django_assert_num_queries):
    for number in range(runs):
        make_run(day=DAY - timedelta(days=number))
    client.get(reverse("operations:nightly_list"))

    with django_assert_num_queries(COUNTED):
        response = client.get(reverse("operations:nightly_list"))

    assert response.content.decode().count("/ 2") >= runs


def test_a_role_that_has_no_business_here_is_refused(client):
    run = make_run()
    client.force_login(UserFactory(role="service"))

    for url in ("nightly_list", "nightly_start"):
        assert client.get(reverse(f"operations:{url}")).status_code == 403
    assert client.get(reverse("operations:nightly_detail", args=[run.pk])).status_code == 403
    assert client.get(reverse("operations:nightly_live", args=[run.pk])).status_code == 403
    assert client.post(reverse("operations:nightly_go_on", args=[run.pk])).status_code == 403


def test_whoever_may_look_may_not_therefore_start(client, queued):
    run = make_run(RunState.FAILED)
    client.force_login(UserFactory(role="management"))

    page = client.get(reverse("operations:nightly_detail", args=[run.pk])).content.decode()

    assert "Go on from here" not in page
    assert client.post(reverse("operations:nightly_go_on", args=[run.pk])).status_code == 403
    assert queued == []


def test_nothing_new_is_answered_without_a_page_and_without_asking_for_the_run(
    client, admin, django_assert_max_num_queries
):
    run = make_run()
    url = reverse("operations:nightly_live", args=[run.pk])
    since = client.get(reverse("operations:nightly_detail", args=[run.pk])).context["since"]

    with django_assert_max_num_queries(5) as queries:
        response = client.get(url, {"since": since})

    assert response.status_code in (204, 200)  # 200 where five seconds passed in between
    if response.status_code == 204:
        assert not [query for query in queries.captured_queries if "operations_" in query["sql"]]
    touch()
    fresh = client.get(url, {"since": since})
    assert fresh.status_code == 200
    assert "12,345" in fresh.content.decode()


def test_a_failed_step_shows_its_sentence_and_the_button(client, admin, queued, django_capture_on_commit_callbacks):
    run = make_run(RunState.FAILED, error="The database refused: disk is full")

    page = client.get(reverse("operations:nightly_detail", args=[run.pk])).content.decode()
    assert "The database refused: disk is full" in page
    assert "Go on from here" in page

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("operations:nightly_go_on", args=[run.pk]))
    assert queued == [("operations.nightly_go_on", run.pk, admin.pk)]


def test_a_run_whose_process_is_gone_says_so_and_can_go_on(client, admin):
    run = make_run(RunState.RUNNING)

    page = client.get(reverse("operations:nightly_detail", args=[run.pk])).content.decode()

    assert "ended from outside" in page
    assert "Go on from here" in page


def test_a_run_at_work_looks_every_second_and_offers_nothing(client, admin):
    run = make_run(RunState.RUNNING)
    with somebody_else_at_work():
        page = client.get(reverse("operations:nightly_detail", args=[run.pk])).content.decode()
        listing = client.get(reverse("operations:nightly_list")).content.decode()

    assert 'hx-trigger="every 1s"' in page
    assert "Go on from here" not in page
    assert "is at work since" in listing


def test_run_now_sends_the_date_to_a_worker(client, admin, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("operations:nightly_start"), {"business_date": "2026-06-30"})

    assert response.url == reverse("operations:nightly_list")
    assert queued == [("operations.nightly", "2026-06-30", admin.pk)]


@pytest.mark.parametrize(
    ("text", "sentence"), [("2999-01-01", "still to come"), ("yesterday", "Enter a valid date"), ("", "required")]
)
def test_a_date_that_cannot_be_is_refused_beside_its_field(client, admin, queued, text, sentence):
    response = client.post(reverse("operations:nightly_start"), {"business_date": text})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert queued == []


def test_a_second_start_from_the_page_says_that_one_is_at_work(client, admin, queued):
    with somebody_else_at_work():
        response = client.post(reverse("operations:nightly_start"), {"business_date": "2026-06-30"})

    assert response.status_code == 422
    assert "Another nightly run is just starting" in response.content.decode()
    assert queued == []


def test_a_finished_run_shows_every_step(client, admin):
    run = run_nightly(business_date=DAY)

    page = client.get(reverse("operations:nightly_detail", args=[run.pk])).content.decode()

    assert page.count("pill") >= 7
    assert "Figures of the company" in page
