"""ASVS 2.4.1: what costs much or gives much away is limited for each person, and counted without a gap."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from audit.models import Event
from staff.rate_limits import parse, seconds_to_wait
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def limits(settings):
    settings.RATE_LIMITS = {"search": "2/m", "export": "1/h", "reveal": "3/300s"}


@pytest.fixture
def reader(client):
    user = UserFactory(role="risk")
    client.force_login(user)
    return client


def test_a_search_too_many_is_answered_with_a_sentence_and_when_to_try_again(reader, limits):
    path = reverse("customers:customer_list")
    for _ in range(2):
        assert reader.get(path, {"q": "王"}).status_code == 200

    answer = reader.get(path, {"q": "王"})

    assert answer.status_code == 429
    assert "asked for too often" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 60
    assert reader.get(path).status_code == 200, "turning the list over is no search"


def test_a_script_hears_the_sentence_alone(reader, limits):
    for _ in range(3):
        answer = reader.get(reverse("palette"), {"q": "a"}, headers={"HX-Request": "true"})
    assert answer.status_code == 429
    assert "<html" not in answer.content.decode()
    assert "toast" in answer["HX-Trigger"]


def test_a_program_gets_problem_details(reader, limits):
    for _ in range(3):
        answer = reader.get("/api/v1/customers/", {"q": "王"})
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["status"] == 429


def test_exports_are_limited_and_the_log_says_so_once(reader, limits):
    for status in (302, 429, 429):
        assert reader.post(reverse("customers:customer_export"), {"format": "csv"}).status_code == status
    assert Event.objects.filter(action="request.limited").count() == 1


def test_reveals_are_limited_on_the_page_and_over_the_api_together(client, limits):
    customer = PersonFactory()
    client.force_login(UserFactory(role="compliance"))
    page = reverse("customers:customer_reveal", args=[customer.reference, "phone"])
    said = {"reason_kind": "call", "reason": "Asked for it herself"}

    answers = [client.post(page, said).status_code for _ in range(3)]

    assert 429 not in answers
    assert client.post(page, said).status_code == 429
    assert client.post(f"/api/v1/customers/{customer.reference}/reveal/", {"field": "phone", **said}).status_code == 429


def test_each_person_has_a_count_of_their_own(limits):
    one, other = _request(UserFactory()), _request(UserFactory())
    assert [bool(seconds_to_wait("export", one)) for _ in range(2)] == [False, True]
    assert not seconds_to_wait("export", other)


def test_parallel_requests_are_all_counted(settings):
    settings.RATE_LIMITS = {"search": "50/m"}
    request = _request(UserFactory())
    with ThreadPoolExecutor(8) as pool:
        allowed = [not wait for wait in pool.map(lambda _: seconds_to_wait("search", request), range(50))]
    assert sum(allowed) == 50
    assert seconds_to_wait("search", request) > 0


def test_a_window_ends(settings):
    settings.RATE_LIMITS = {"search": "1/m"}
    request = _request(UserFactory())
    assert not seconds_to_wait("search", request)
    assert seconds_to_wait("search", request)
    cache.clear()  # as when the minute is over
    assert not seconds_to_wait("search", request)


@pytest.mark.parametrize(
    ("rate", "parsed"), [("5/m", (5, 60)), ("5/300s", (5, 300)), ("1/h", (1, 3600)), ("2/2d", (2, 172800))]
)
def test_allowances_are_written_as_people_say_them(rate, parsed):
    assert parse(rate) == parsed


def _request(user):
    request = RequestFactory().get("/")
    request.user = user
    return request
