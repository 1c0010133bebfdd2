"""Language, time zone, second factor and sign-in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse
from django.utils import timezone

from staff.models import User
from staff.services.tokens import create_token, owner_of_key, revoke_token
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs/"


def with_app(user):
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})


def test_pages_speak_the_persons_language_and_not_the_browsers(client):
    client.force_login(UserFactory(role="risk", language="zh-hant"))

    answer = client.get(reverse("staff:user_list"), headers={"Accept-Language": "en"})

    assert answer["Content-Language"] == "zh-hant"


def test_before_sign_in_the_browsers_language_stands(client):
    assert client.get(reverse("account_login"), headers={"Accept-Language": "zh-hans"})["Content-Language"] == "zh-hans"


def test_times_are_in_the_persons_zone_and_the_next_request_is_not(client):
    user = UserFactory(role="risk", time_zone="America/New_York")
    client.force_login(user)
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(last_login=now)

    page = client.get(reverse("staff:user_detail", args=[user.pk])).content.decode()

    import zoneinfo

    assert f"{now.astimezone(zoneinfo.ZoneInfo('America/New_York')):%H:%M}" in page
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


def test_the_language_of_the_top_bar_stays_with_the_person_and_the_browser(client):
    user = UserFactory(role="risk")
    client.force_login(user)

    answer = client.post(reverse("staff:preferences"), {"language": "zh-hans", "next": "/staff/people/?q=a"})

    user.refresh_from_db()
    assert (user.language, answer["Location"]) == ("zh-hans", "/staff/people/?q=a")
    assert client.get(reverse("staff:user_list"))["Content-Language"] == "zh-hans"
    client.logout()
    client.cookies["django_language"] = "zh-hans"
    assert client.get(reverse("account_login"))["Content-Language"] == "zh-hans"


def test_the_theme_is_kept_and_nonsense_is_not(client):
    user = UserFactory()
    client.force_login(user)

    assert client.post(reverse("staff:preferences"), {"theme": "dark"}).status_code == 204
    assert client.post(reverse("staff:preferences"), {"theme": "neon"}).status_code == 400
    assert client.post(reverse("staff:preferences"), {"language": "xx"}).status_code == 400

    user.refresh_from_db()
    assert (user.theme, user.language) == ("dark", "en")


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "javascript:alert(1)"])
def test_preferences_lead_to_no_other_site(client, target):
    client.force_login(UserFactory())

    assert client.post(reverse("staff:preferences"), {"theme": "dark", "next": target})["Location"] == "/"


def test_a_profile_is_saved_whole_or_not_at_all(client):
    user = UserFactory(full_name="Zhao")
    client.force_login(user)
    sent = {"full_name": "Zhao Min", "language": "zh-hans", "time_zone": "Mars/Olympus", "theme": "dark"}

    refused = client.post(reverse("staff:profile"), sent)
    user.refresh_from_db()
    assert (refused.status_code, user.full_name) == (422, "Zhao")
    client.post(reverse("staff:profile"), {**sent, "time_zone": "Asia/Taipei"})
    user.refresh_from_db()
    assert (user.full_name, user.language, user.time_zone, user.theme) == ("Zhao Min", "zh-hans", "Asia/Taipei", "dark")


def test_a_role_that_needs_a_second_factor_leads_to_its_set_up(client, settings):
    settings.MFA_REQUIRED_ROLES = ["risk"]
    user = UserFactory(role="risk")
    client.force_login(user)

    page, fragment, api = (
        client.get(reverse("staff:user_list")),
        client.get(reverse("staff:notification_menu"), headers={"HX-Request": "true"}),
        client.get(JOBS),
    )

    assert page["Location"] == fragment["HX-Redirect"] == reverse("mfa_index")
    assert (api.status_code, "second factor" in api.json()["detail"]) == (403, True)
    sentence = [str(message) for message in client.get(reverse("mfa_index")).context["messages"]]
    assert sentence == ["Your role asks for a second factor. Set up an authenticator app or a passkey to go on."]


def test_with_an_authenticator_the_same_role_goes_on(client, settings):
    settings.MFA_REQUIRED_ROLES = ["risk"]
    user = UserFactory(role="risk")
    client.force_login(user)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client.get(reverse("staff:user_list")).status_code == 302, "recovery codes alone are no second factor"

    with_app(user)

    assert client.get(reverse("staff:user_list")).status_code == 200


def test_other_roles_are_not_asked_for_a_second_factor(client, settings):
    settings.MFA_REQUIRED_ROLES = ["risk"]
    client.force_login(UserFactory(role="service"))

    assert client.get(reverse("staff:user_list")).status_code == 200


def test_a_token_does_not_go_round_the_second_factor(client, settings):
    user = UserFactory(role="risk")
    _token, key = create_token(actor=user, name="load", days=1, at=timezone.now())
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get(JOBS, headers=headers).status_code == 200

    settings.MFA_REQUIRED_ROLES = ["risk"]

    assert client.get(JOBS, headers=headers).status_code == 403


def test_a_one_time_code_works_once():
    user, secret = UserFactory(), generate_totp_secret()
    app = TOTP.activate(user, secret)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))

    assert (app.validate_code(code), app.validate_code(code)) == (True, False)


def test_nobody_signs_up(client):
    answer = client.post(
        reverse("account_signup"), {"email": "me@example.test", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert answer.status_code != 302 or "signup" in answer["Location"]
    assert not User.objects.exists()


def sign_in(client, user, password=PASSWORD, **query):
    return client.post(reverse("account_login", query=query or None), {"login": user.email, "password": password})


def test_signing_in_leads_home_and_never_to_another_site(client):
    user = UserFactory(role="risk")

    assert sign_in(client, user, next="//evil.test/")["Location"] == "/"
    client.logout()
    assert sign_in(client, user, next="/staff/people/")["Location"] == "/staff/people/"


def test_somebody_inactive_does_not_get_in(client):
    user = UserFactory(role="risk", is_active=False)

    sign_in(client, user)

    assert client.get(reverse("staff:user_list")).status_code == 302


def test_guessing_a_password_is_stopped(client):
    user = UserFactory(role="risk")
    for _attempt in range(5):
        sign_in(client, user, password="a wrong password")

    sign_in(client, user)

    assert client.get(reverse("staff:user_list")).status_code == 302


def test_a_token_is_shown_once_and_only_its_hash_is_kept(client):
    user = UserFactory(role="risk")
    client.force_login(user)

    page = client.post(reverse("staff:token_create"), {"name": "Nightly load", "days": "30"}).content.decode()
    key = page.split("data-token>")[1].split("<")[0]

    assert owner_of_key(key, at=timezone.now()) == user
    assert key not in client.get(reverse("staff:profile")).content.decode()
    token = user.api_tokens.get()
    assert key not in (token.digest, token.name)
    assert key.endswith(token.hint)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token"])
def test_a_program_acts_as_the_tokens_owner(client, scheme):
    user = UserFactory(role="risk", full_name="Zhao Min")
    _token, key = create_token(actor=user, name="load", days=1, at=timezone.now())

    answer = client.get("/api/v1/users/", headers={"Authorization": f"{scheme} {key}"})

    assert (answer.status_code, answer.json()["results"][0]["name"]) == (200, "Zhao Min")
    token = user.api_tokens.get()
    assert token.last_used_at is not None


def test_revoked_expired_and_invented_tokens_are_refused_with_a_sentence(client):
    user, now = UserFactory(role="risk"), timezone.now()
    revoked, revoked_key = create_token(actor=user, name="a", days=1, at=now)
    revoke_token(actor=user, token_id=revoked.pk, at=now)
    _old, old_key = create_token(actor=user, name="b", days=1, at=now - timezone.timedelta(days=2))

    for key in [revoked_key, old_key, "mrd_invented", ""]:
        answer = client.get(JOBS, headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "unknown, revoked or out of date" in answer.json()["detail"]


def test_somebody_elses_token_cannot_be_revoked(client):
    token, _key = create_token(actor=UserFactory(role="risk"), name="a", days=1, at=timezone.now())
    client.force_login(UserFactory(role="administrator"))

    assert client.post(reverse("staff:token_revoke", args=[token.pk])).status_code == 404


def test_nobody_adds_an_e_mail_of_their_own(client):
    user = UserFactory(role="risk")
    client.force_login(user)

    client.post("/accounts/email/", {"action_add": "", "email": "other@example.test"})

    assert client.get("/accounts/email/")["Location"] == reverse("staff:profile")
    assert not user.emailaddress_set.filter(email="other@example.test").exists()
