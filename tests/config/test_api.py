"""What holds for the whole API: who is let in, how errors look, how pages are walked, what numbers look like."""

import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from staff.services.tokens import create_token
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, PortraitFactory

PROBLEM = "application/problem+json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory(role="service_lead")


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def token(user):
    return {"Authorization": f"Bearer {create_token(actor=user, name='test', days=1, at=timezone.now())[1]}"}


def assert_problem(answer, status: int) -> dict:
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"], problem["status"]) == (status, PROBLEM, status)
    assert {"type", "title", "detail"} <= set(problem)
    return problem


def test_the_description_is_whole(tmp_path):
    """Every field and choice has a type and a name: nothing is guessed."""
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_the_description_and_its_page_are_for_people_who_are_signed_in(signed_in):
    schema = signed_in.get("/api/v1/schema/?format=json")
    page = signed_in.get("/api/v1/docs/")

    assert len(schema.json()["paths"]) > 30
    assert "unsafe" not in page["Content-Security-Policy"]
    assert b"<style" not in page.content
    assert b"onclick=" not in page.content
    assert Client().get("/api/v1/docs/").status_code == 302
    assert_problem(Client().get("/api/v1/schema/"), 401)


def test_a_token_signs_in_and_a_wrong_one_does_not(client, token):
    assert client.get("/api/v1/customers/", headers=token).status_code == 200
    wrong = client.get("/api/v1/customers/", headers={"Authorization": "Bearer nothing"})
    assert_problem(wrong, 401)
    assert wrong["WWW-Authenticate"] == "Bearer"
    assert_problem(client.get("/api/v1/customers/"), 401)


def test_a_session_writes_only_with_the_pages_own_token(user, token):
    """Another site can send a browser's cookies along, and cannot know the token of our pages."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert_problem(browser.post("/api/v1/notifications/read-all/"), 403)
    assert Client(enforce_csrf_checks=True).post("/api/v1/notifications/read-all/", headers=token).status_code == 200

    browser.get("/staff/profile/")
    sent = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.post("/api/v1/notifications/read-all/", headers=sent).status_code == 200


def test_too_many_requests_are_told_when_to_come_again(signed_in, monkeypatch):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min", "anon": "2/min"})
    answers = [signed_in.get("/api/v1/customers/") for _number in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert_problem(answers[2], 429)
    assert 0 < int(answers[2]["Retry-After"]) <= 60


@pytest.mark.parametrize("path", ["nothing/", "customers/C-1/nothing/", "customers/C-999999999/", "nothing"])
def test_what_is_not_there_is_a_problem_too(signed_in, path):
    assert_problem(signed_in.get(f"/api/v1/{path}"), 404)


def test_a_forgotten_slash_is_told_and_loses_nothing_that_was_sent(signed_in):
    answer = signed_in.post("/api/v1/notifications/read-all?a=b")
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/notifications/read-all/?a=b")


def test_a_method_that_an_address_lacks(signed_in):
    assert_problem(signed_in.delete("/api/v1/customers/"), 405)


@pytest.mark.parametrize("query", ["cursor=nothing", "size=0", "size=201", "size=ten", "size=-1"])
def test_a_page_that_cannot_be_is_refused_with_a_sentence(signed_in, query):
    assert assert_problem(signed_in.get(f"/api/v1/customers/?{query}"), 400)["errors"]


def test_broken_json_is_a_problem(client):
    client.force_login(UserFactory(role="administrator"))
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "1"}}
    assert_problem(client.post("/api/v1/transactions:batch", "{", **sent), 400)


def test_a_failure_inside_is_a_problem_that_tells_nothing(signed_in, monkeypatch):
    monkeypatch.setattr("customers.api.customers.CustomerViewSet.get_queryset", lambda self: 1 / 0)
    signed_in.raise_request_exception = False
    assert "division" not in json.dumps(assert_problem(signed_in.get("/api/v1/customers/"), 500))


@pytest.mark.parametrize(("language", "title"), [("en", "Not found"), ("zh-hans", "未找到"), ("zh-hant", "找不到")])
def test_a_program_reads_errors_in_the_language_that_it_accepts(client, token, language, title):
    problem = client.get("/api/v1/customers/C-9/", headers={**token, "Accept-Language": language}).json()
    assert problem["title"] == title or (language != "en" and not problem["title"].isascii())


def test_three_pages_forward_and_back_again(signed_in):
    for _number in range(5):
        CustomerFactory()
    pages, cursor = [], ""
    while cursor is not None:
        page = signed_in.get("/api/v1/customers/", {"size": 2, **({"cursor": cursor} if cursor else {})}).json()
        pages.append([row["reference"] for row in page["results"]])
        cursor, back = page["next"], page["previous"]

    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({reference for page in pages for reference in page}) == 5
    middle = signed_in.get("/api/v1/customers/", {"size": 2, "cursor": back}).json()
    first = signed_in.get("/api/v1/customers/", {"size": 2, "cursor": middle["previous"]}).json()
    assert [[row["reference"] for row in page["results"]] for page in (first, middle)] == pages[:2]
    assert first["previous"] is None


def test_money_is_text_and_so_are_numbers_that_javascript_would_round(signed_in):
    portrait = PortraitFactory(balance="9007199254740993.25")
    path = f"/api/v1/customers/{portrait.customer.__class__.objects.get(pk=portrait.customer_id).reference}/"

    assert signed_in.get(path).json()["portrait"]["balance"] == "9007199254740993.25"
    signed_in.force_login(UserFactory(role="compliance"))
    event = signed_in.get("/api/v1/events/?size=1").json()["results"][0]
    assert {type(event[field]) for field in ("id", "xid")} == {str}
