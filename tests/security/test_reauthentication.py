"""ASVS 7.5.1, 7.5.3, 6.8: who they are is proved once more before what matters most, and nothing typed is lost."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIRequestFactory

from audit.models import Event
from staff.authentication import TokenAuthentication
from staff.models import Job
from staff.reauth import CODE, PASSWORD, PROOF, PersonPresent, RecentlyAuthenticated
from tests.config.test_every_url import address
from tests.config.world import ADDRESSES, world_of
from tests.factories import PASSWORD as RIGHT
from tests.factories import UserFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
EXPORT = {"query": "status=active&q=王", "format": "xlsx"}
WRONG_PERSON = "What comes next matters"


@pytest.fixture
def user():
    return UserFactory(role="risk")


@pytest.fixture
def stale(client, user):
    """A browser in which somebody signed in six minutes ago."""
    client.force_login(user)
    session = client.session
    session[PROOF] = time.time() - 360
    session.save()
    return client


def export(client, **more):
    return client.post(reverse("customers:customer_export"), {**EXPORT, **more})


def test_a_fresh_sign_in_is_proof_enough(client, user):
    client.force_login(user)
    assert export(client).status_code == 302
    assert Job.objects.count() == 1


def test_a_form_comes_back_in_the_question_and_goes_on_with_the_proof(stale):
    question = export(stale)
    page = question.content.decode()
    assert (question.status_code, Job.objects.count()) == (401, 0)
    assert WRONG_PERSON in page
    assert 'name="query" value="status=active&amp;q=王"' in page

    answer = export(stale, **{PASSWORD: RIGHT})

    assert answer.status_code == 302
    assert Job.objects.get().parameters["query"] == EXPORT["query"]
    assert export(stale).status_code == 302, "it was proved a moment ago"


def test_a_wrong_proof_asks_again_and_keeps_what_was_typed(stale):
    answer = export(stale, **{PASSWORD: "not mine"})
    page = answer.content.decode()
    assert (answer.status_code, Job.objects.count()) == (422, 0)
    assert "not mine" not in page
    assert "status=active" in page
    assert Event.objects.filter(action="staff.user.reauthentication_failed").exists()


def test_a_script_is_told_and_repeats_its_request(stale):
    headers = {"HX-Request": "true"}
    answer = stale.post(reverse("customers:customer_export"), EXPORT, headers=headers)
    assert (answer.status_code, answer["X-Reauthenticate"], Job.objects.count()) == (401, "1", 0)

    wrong = stale.post(reverse("staff:reauthenticate"), {PASSWORD: "no"}, headers={"Accept": "*/*"})
    right = stale.post(reverse("staff:reauthenticate"), {PASSWORD: RIGHT}, headers={"Accept": "*/*"})
    assert (wrong.status_code, right.status_code) == (422, 204)

    stale.post(reverse("customers:customer_export"), EXPORT, headers=headers)
    assert Job.objects.count() == 1


def test_a_code_of_the_second_factor_is_a_proof_too_and_once(stale, user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))

    assert export(stale, **{CODE: code}).status_code == 302
    session = stale.session
    session[PROOF], session["account_authentication_methods"] = 0, []
    session.save()
    assert export(stale, **{CODE: code}).status_code == 422


def test_a_proof_gives_the_session_a_new_key(stale):
    before = stale.session.session_key
    export(stale, **{PASSWORD: RIGHT})
    assert stale.session.session_key != before


def test_proofs_are_not_guessed(stale):
    for attempt in range(12):
        answer = export(stale, **{PASSWORD: f"guess number {attempt}"})
    assert answer.status_code == 422
    assert export(stale, **{PASSWORD: RIGHT}).status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "javascript:alert(1)"])
def test_the_question_leads_to_no_other_site(stale, target):
    answer = stale.post(reverse("staff:reauthenticate"), {PASSWORD: RIGHT, "next": target})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"])
def test_a_change_of_the_second_factor_asks(stale, name):
    answer = stale.get(reverse(name))
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]


def test_every_approval_every_export_and_every_reveal_asks(stale, user):
    """Read from the URL map: a new address of that kind asks too, or fails here. A program's session is refused."""
    acts = [name for name in ADDRESSES if re.search("([_-]export|[_-]reveal|change[_-]approve)$", name)]
    world = world_of(UserFactory(role="service_lead"))
    with past_the_guards():
        user.user_permissions.set(permissions_named({ADDRESSES[name].permission for name in acts}))

    answers = {name: stale.post(address(name, world)).status_code for name in acts}

    assert len(acts) >= 11
    assert answers == {name: 403 if name.startswith("api:") else 401 for name in acts}


def permissions_named(names):
    return [Permission.objects.get(content_type__app_label=room, codename=code)
            for room, _dot, code in (name.partition(".") for name in sorted(names))]  # fmt: skip


def test_making_a_token_asks(stale, user):
    answer = stale.post(reverse("staff:token_create"), {"name": "load", "days": "1"})
    assert (answer.status_code, user.api_tokens.count()) == (401, 0)


def test_in_the_api_a_session_must_be_fresh_and_a_token_always_is_but_no_person(stale, user):
    request = APIRequestFactory().post("/")
    request.user, request.session, request.successful_authenticator = user, stale.session, None
    assert not RecentlyAuthenticated().has_permission(request, None)
    assert not PersonPresent().has_permission(request, None)

    request.session[PROOF] = time.time()
    assert RecentlyAuthenticated().has_permission(request, None)
    assert PersonPresent().has_permission(request, None)

    request.successful_authenticator = TokenAuthentication()
    assert RecentlyAuthenticated().has_permission(request, None)
    assert not PersonPresent().has_permission(request, None)


def test_the_log_says_that_it_was_proved(stale, user):
    export(stale, **{PASSWORD: RIGHT})
    event = Event.objects.get(action="staff.user.reauthenticated")
    assert (event.actor_id, event.kind) == (user.pk, "signin")
    assert event.at <= timezone.now()
