"""The pages and the API of approvals: they tell where a request stands, and nobody gets past their own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from staff.models import ChangePolicy, ChangeRequest, Delegation
from staff.services.account_changes import propose_deactivation
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed, promotion

pytestmark = pytest.mark.django_db
LISTS = ["staff:change_inbox", "staff:change_list", "staff:change_mine", "staff:change_reviews"]


@pytest.fixture
def maker():
    return UserFactory(role="administrator", full_name="Grace Liu")


@pytest.fixture
def checker(client):
    user = UserFactory(role="compliance", full_name="Li Na")
    client.force_login(user)
    return user


def text_of(client, name, *args):
    return client.get(reverse(f"staff:{name}", args=args)).content.decode()


def test_a_checker_reads_before_and_after_policy_and_hash_and_decides(client, maker, checker):
    request = promotion(maker, UserFactory(role="service"))

    page = text_of(client, "change_detail", request.pk)
    answer = client.post(reverse("staff:change_approve", args=[request.pk]), {"comment": "Fine"}, follow=True)

    assert all(words in page for words in ["Customer service", "Your decision", request.hash, "Escalated to"])
    assert "Approved:" in answer.content.decode()
    assert ChangeRequest.objects.get(pk=request.pk).state == "approved"


def test_a_maker_sees_where_it_stands_and_is_offered_no_decision(client, maker):
    UserFactory(role="compliance", full_name="Li Na")
    request = promotion(maker, UserFactory(role="service"))
    client.force_login(maker)

    page = text_of(client, "change_detail", request.pk)
    answer = client.post(reverse("staff:change_approve", args=[request.pk]), follow=True)

    assert "Waiting for approval by Li Na." in page
    assert "Your decision" not in page
    assert "You asked for this yourself" in answer.content.decode()
    assert Event.objects.filter(kind="denied", pk_text=str(request.pk), actor_id=maker.pk).count() == 1
    assert ChangeRequest.objects.get(pk=request.pk).state == "pending"


def test_a_stale_request_says_so_before_anybody_approves_it(client, maker, checker):
    person = UserFactory(role="service")
    request = promotion(maker, person)
    agreed(propose_deactivation(actor=maker, user_ids=[person.pk], reason="Left", at=timezone.now()), checker)

    assert "The record has changed since this was asked for." in text_of(client, "change_detail", request.pk)


def test_somebody_who_may_not_check_sees_only_their_own(client, maker):
    request = promotion(maker, UserFactory(role="service"))
    client.force_login(UserFactory(role="service_lead"))

    assert client.get(reverse("staff:change_detail", args=[request.pk])).status_code == 404
    assert client.post(reverse("staff:change_approve", args=[request.pk])).status_code == 404


def test_the_badge_counts_what_waits_for_the_reader(client, maker, checker):
    assert text_of(client, "change_count").strip() == ""
    promotion(maker, UserFactory(role="service"))

    assert "1 waits for your approval" in text_of(client, "change_count")


def test_a_review_is_closed_on_the_page_by_somebody_else(client, maker, checker):
    person = UserFactory(role="service")
    request = propose_deactivation(
        actor=maker, user_ids=[person.pk], reason="Stolen", at=timezone.now(), break_glass=True
    )

    assert "Close the review" in text_of(client, "change_detail", request.pk)
    assert request.title in text_of(client, "change_reviews")
    client.post(reverse("staff:change_review", args=[request.pk]), {"verdict": "approve", "comment": "Right"})
    assert ChangeRequest.objects.get(pk=request.pk).reviewed_by == checker


def test_many_accounts_are_ended_by_one_request_from_the_list(client, maker):
    people = [UserFactory(role="service") for _one in range(3)]
    client.force_login(maker)
    ids = {"ids": [person.pk for person in people]}

    shown = client.post(reverse("staff:user_deactivate_many"), ids).content.decode()
    answer = client.post(reverse("staff:user_deactivate_many"), {**ids, "reason": "Branch closed"})

    request = ChangeRequest.objects.get()
    assert all(person.email in shown for person in people)
    assert answer["Location"] == reverse("staff:change_detail", args=[request.pk])
    assert sorted(request.said["user_ids"]) == sorted(ids["ids"])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_queries_for_any_length(client, maker, checker, name):
    rows(maker, checker, 1)
    client.get(reverse(name))

    with CaptureQueriesContext(connection) as at_one:
        client.get(reverse(name))
    rows(maker, checker, 2)
    with CaptureQueriesContext(connection) as at_three:
        client.get(reverse(name))

    assert len(at_one) == len(at_three)


def rows(maker, checker, number):
    for _one in range(number):
        own = UserFactory(role="service")
        agreed(propose_deactivation(actor=maker, user_ids=[own.pk], reason="Left", at=timezone.now()), checker)
        promotion(maker, UserFactory(role="service"))
        leaver = UserFactory(role="service")
        propose_deactivation(actor=maker, user_ids=[leaver.pk], reason="x", at=timezone.now(), break_glass=True)


def test_a_delegation_is_made_and_ended_on_its_page(client, checker):
    taker = UserFactory(role="service_lead", full_name="Chen")
    form = {"taker": taker.pk, "starts_at": "2026-01-01T00:00", "ends_at": "2026-01-20T00:00", "reason": "Away"}
    refused = client.post(reverse("staff:delegation_list"), form)
    assert (refused.status_code, Delegation.objects.count()) == (422, 0)

    now = timezone.localtime()
    form |= {"starts_at": now.strftime("%Y-%m-%dT%H:%M"), "ends_at": (now + timezone.timedelta(days=3)).isoformat()}
    client.post(reverse("staff:delegation_list"), form)
    made = Delegation.objects.get()
    client.post(reverse("staff:delegation_revoke", args=[made.pk]))

    assert Delegation.objects.get().revoked_at is not None


def test_a_policy_is_asked_for_on_its_page(client, checker):
    form = {
        "check_permission": "staff.check_account", "approvals": 1, "bands": "100000: 1", "expiry_hours": 24,
        "remind_after_hours": 2, "escalate_after_hours": 4, "escalate_to": "management", "reason": "Quicker",
    }  # fmt: skip
    address = reverse("staff:policy_change", args=["staff.user.activate"])

    assert client.post(address, {**form, "bands": "a lot"}).status_code == 422
    client.post(address, form)

    request = ChangeRequest.objects.get()
    assert ("Expires after hours", "72", "24") in request.differences
    assert "Waiting for approval" in text_of(client, "policy_list")
    assert ChangePolicy.objects.filter(command="staff.user.activate").count() == 1


def test_the_api_proposes_lists_and_refuses_ones_own(client, maker):
    UserFactory(role="administrator")
    client.force_login(maker)
    person = UserFactory(role="service")
    body = {"command": "staff.user.deactivate", "arguments": {"user_ids": [person.pk]}, "reason": "Left"}

    made = client.post("/api/v1/changes/", body, content_type="application/json")
    own = client.post(f"/api/v1/changes/{made.json()['id']}/approve/", {}, content_type="application/json")
    listed = client.get("/api/v1/changes/").json()["results"]

    assert (made.status_code, made.json()["state"], own.status_code) == (201, "pending", 403)
    assert [one["hash"] for one in listed] == [made.json()["hash"]]
    client.force_login(UserFactory(role="compliance"))
    done = client.post(
        f"/api/v1/changes/{made.json()['id']}/approve/", {"comment": "Yes"}, content_type="application/json"
    )
    assert (done.status_code, done.json()["state"], done.json()["approvals"][0]["verdict"]) == (
        200,
        "approved",
        "approve",
    )


@pytest.mark.parametrize(
    "body",
    [{}, {"command": "x", "arguments": [], "reason": "y"}, {"command": "staff.user.change", "arguments": {"user_id": "1; --"}, "reason": "y"},
     {"command": "staff.user.change", "arguments": {"user_id": 1e300}, "reason": "y"},
     {"command": "staff.user.deactivate", "arguments": {"user_ids": "all"}, "reason": "y"}],
)  # fmt: skip
def test_the_api_answers_ugly_proposals_with_400(client, maker, body):
    client.force_login(maker)

    assert client.post("/api/v1/changes/", body, content_type="application/json").status_code == 400


def test_an_unknown_argument_changes_nothing_more(client, maker):
    """Mass assignment: what a command does not know is refused, and is not carried along."""
    person = UserFactory(role="service")
    arguments = {
        "user_id": person.pk, "email": person.email, "roles": ["risk"], "business_lines": [], "regions": [],
        "is_superuser": True,
    }  # fmt: skip
    request = propose(actor=maker, command="staff.user.change", arguments=arguments, reason="x", at=timezone.now())

    done = agreed(request, UserFactory(role="compliance"))

    person.refresh_from_db()
    assert (done.state, person.is_superuser, person.roles) == ("failed", False, {"service"})
