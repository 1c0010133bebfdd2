import pytest
from django.utils import timezone

from staff.models import Job, Notification
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    user = UserFactory(role="administrator")
    client.force_login(user)
    return user


def a_job(owner, **fields):
    return Job.objects.create(
        owner=owner, kind="test", title="Job", created_at=timezone.now(), parameters={"q": "secret"}, **fields
    )


def test_the_api_gives_ones_own_jobs_without_what_was_asked(client, user):
    own, _other = a_job(user), a_job(UserFactory())

    found = client.get("/api/v1/jobs/").json()["results"]

    assert [(job["id"], job["state"], job["done"]) for job in found] == [(str(own.pk), "queued", "0")]
    assert "secret" not in str(found)


def test_a_job_is_cancelled_once(client, user):
    job, other = a_job(user), a_job(UserFactory())

    assert client.post(f"/api/v1/jobs/{job.pk}/cancel/").json()["state"] == "cancelled"
    again = client.post(f"/api/v1/jobs/{job.pk}/cancel/")
    assert (again.status_code, again["Content-Type"]) == (400, "application/problem+json")
    assert client.post(f"/api/v1/jobs/{other.pk}/cancel/").status_code == 404


def test_notifications_are_read_one_by_one_and_all(client, user):
    for key, person in [("1", user), ("2", user), ("3", user), ("1", UserFactory())]:
        Notification.objects.create(user=person, kind="job", key=key, title=key, created_at=timezone.now())

    found = client.get("/api/v1/notifications/?unread=true").json()["results"]
    assert [row["title"] for row in found] == ["3", "2", "1"]
    assert client.post(f"/api/v1/notifications/{found[0]['id']}/read/").json()["read_at"]
    assert client.post("/api/v1/notifications/read-all/").json() == {"marked": 2}
    assert Notification.objects.unread().count() == 1


@pytest.mark.parametrize("path", ["jobs/", "notifications/", "users/"])
def test_the_api_refuses_strangers_and_people_without_a_role(client, path):
    assert client.get(f"/api/v1/{path}").status_code == 401
    client.force_login(UserFactory())
    assert client.get(f"/api/v1/{path}").status_code == 403


@pytest.mark.parametrize("path", ["jobs/", "notifications/", "users/"])
def test_an_api_list_costs_the_same_queries_for_any_length(client, user, django_assert_max_num_queries, path):
    counts = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for n in range(3):
        a_job(user)
        Notification.objects.create(user=user, kind="job", key=str(n), title="x", created_at=timezone.now())
        UserFactory(role="risk")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/{path}")
        counts.append(len(queries))

    assert counts[0] == counts[2]
