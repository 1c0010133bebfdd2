"""Every page of the room: it opens, it refuses, and its lists cost the same queries for any length."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from staff.models import Job, Notification, SavedView
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = ["staff:user_list", "staff:team_list", "staff:job_list", "staff:notification_list", "staff:saved_view_list"]
PLAIN = [*LISTS, "staff:access_matrix", "staff:profile", "staff:saved_view_create"]
ADMINISTRATOR_ONLY = ["staff:user_create", "staff:team_create"]


def a_job(owner, **fields):
    return Job.objects.create(
        owner=owner, kind="test.kind", title="Export of customers", created_at=timezone.now(), **fields
    )


def a_notification(user, key, **fields):
    return Notification.objects.create(
        user=user, kind="job", key=key, title="Done", url="/staff/jobs/", created_at=timezone.now(), **fields
    )


def a_view(owner, name, **fields):
    return SavedView.objects.create(owner=owner, page="staff:user_list", name=name, query="role=risk", **fields)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("name", [*PLAIN, *ADMINISTRATOR_ONLY])
def test_an_administrator_opens_every_page_in_every_language(client, name, language):
    client.force_login(UserFactory(role="administrator", language=language))

    response = client.get(reverse(name))

    assert (response.status_code, response.headers["Content-Language"]) == (200, language)


@pytest.mark.parametrize("name", [*PLAIN, *ADMINISTRATOR_ONLY, "staff:notification_menu"])
def test_nobody_opens_a_page_without_signing_in(client, name):
    assert reverse("account_login") in client.get(reverse(name))["Location"]


@pytest.mark.parametrize("name", ADMINISTRATOR_ONLY)
@pytest.mark.parametrize("role", ["service", "risk", "compliance", "management"])
def test_only_an_administrator_makes_people_and_teams(client, role, name):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["staff:user_list", "staff:team_list", "staff:job_list", "staff:access_matrix"])
def test_somebody_without_a_role_is_refused(client, name):
    client.force_login(UserFactory())

    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["user_detail", "user_change", "user_deactivate", "user_activate", "user_invite"])
def test_a_clerk_changes_no_account(client, name):
    person = UserFactory()
    client.force_login(UserFactory(role="service"))

    answers = {
        method: client.generic(method, reverse(f"staff:{name}", args=[person.pk])).status_code
        for method in ["GET", "POST"]
    }

    expected = {"user_detail": {"GET": 200, "POST": 405}, "user_invite": {"GET": 405, "POST": 403}}
    assert answers == expected.get(name, {"GET": 403, "POST": 403})


def rows_of(user, places):
    for i in places:
        other = UserFactory(role="risk")
        team = TeamFactory(members=[other, user], lead=other)
        a_job(user)
        a_notification(user, str(i))
        a_view(user, f"own {i}")
        a_view(other, f"theirs {i}", audience="team", team=team)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_queries_for_any_length(client, name):
    user = UserFactory(role="administrator")
    client.force_login(user)
    rows_of(user, [1])
    client.get(reverse(name))

    with CaptureQueriesContext(connection) as at_one_row:
        client.get(reverse(name))
    rows_of(user, [2, 3])
    with CaptureQueriesContext(connection) as at_three_rows:
        client.get(reverse(name))

    assert len(at_three_rows) == len(at_one_row) <= 16


@pytest.mark.parametrize("size", [1, 3])
def test_a_team_costs_the_same_queries_for_any_size(client, django_assert_num_queries, size):
    team = TeamFactory(members=[UserFactory(role="risk") for _ in range(size)])
    client.force_login(UserFactory(role="risk"))

    with django_assert_num_queries(6):
        response = client.get(reverse("staff:team_detail", args=[team.pk]))

    assert response.content.decode().count("row-link") == size


def test_the_bell_costs_one_query_beside_those_of_every_page(client, django_assert_num_queries):
    user = UserFactory(role="risk")
    client.force_login(user)
    for i in range(3):
        a_notification(user, str(i))

    # The session stands in the cache; the person, their roles, the number, and the savepoint that a request's transaction is here.
    with django_assert_num_queries(4):
        response = client.get(
            reverse("staff:notification_menu"), headers={"HX-Request": "true", "HX-Target": "bell-count"}
        )

    assert response.content.decode().split("<")[0].strip() == "3"


def test_the_open_bell_lists_the_newest_and_offers_to_read_all(client):
    user = UserFactory(role="risk")
    client.force_login(user)
    mine, other = a_notification(user, "1"), a_notification(UserFactory(), "1")

    page = client.get(
        reverse("staff:notification_menu"), headers={"HX-Request": "true", "HX-Target": "bell-menu"}
    ).content.decode()

    assert reverse("staff:notification_open", args=[mine.pk]) in page
    assert reverse("staff:notification_open", args=[other.pk]) not in page
    assert reverse("staff:notification_read_all") in page


def test_pressing_space_shows_a_person_beside_the_list(client):
    person = UserFactory(role="risk", full_name="Zhao Min")
    client.force_login(UserFactory(role="service"))

    response = client.get(
        reverse("staff:user_detail", args=[person.pk]), headers={"HX-Request": "true", "HX-Target": "preview-body"}
    )

    assert "Zhao Min" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_filters_find_people_by_name_role_and_activity(client):
    UserFactory(role="risk", full_name="赵敏")
    UserFactory(roles=["risk", "compliance"], full_name="Li Na")
    UserFactory(role="product", full_name="Sofia", is_active=False)
    client.force_login(UserFactory(role="service", full_name="Me"))

    def found(query):
        page = client.get(reverse("staff:user_list") + query).content.decode()
        return {name for name in ["赵敏", "Li Na", "Sofia", "Me"] if f">{name}</a>" in page}

    assert found("?q=赵") == {"赵敏"}
    assert found("?role=risk&role=compliance") == {"赵敏", "Li Na"}
    assert found("?active=False") == {"Sofia"}
