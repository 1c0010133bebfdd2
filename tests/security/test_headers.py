"""ASVS 5.0, chapters V3, V4, V12, V14: what answers tell browsers, and cookies, in production and here."""

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from staff.models import User
from tests.config.test_production import NEEDED
from tests.factories import PASSWORD, UserFactory

# What a browser is told by a system that runs with the settings of production.
PROBE = """
import json, sys
import django
from django.conf import settings
django.setup()
from django.test import Client
answer = Client().get("/accounts/login/", secure=True, headers={"host": "meridian.example"})
plain = Client().get("/accounts/login/", headers={"host": "meridian.example"})
print(json.dumps({
    "headers": dict(answer.headers), "cookies": [str(one.OutputString()) for one in answer.cookies.values()],
    "plain": [plain.status_code, plain.get("Location")], "debug": settings.DEBUG,
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME],
    "flags": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_SECURE,
              settings.CSRF_COOKIE_HTTPONLY, settings.LANGUAGE_COOKIE_SECURE, settings.SESSION_COOKIE_DOMAIN,
              settings.SESSION_COOKIE_PATH],
}))
"""


@pytest.fixture(scope="module")
def production(request, tmp_path_factory):
    """What production answers, over a static folder that holds nothing but its list."""
    static = tmp_path_factory.mktemp("static")
    import os

    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {
        **NEEDED, "MERIDIAN_PRODUCTION": "1", "DJANGO_SETTINGS_MODULE": "config.settings", "STATIC_ROOT": str(static),
        "DATABASE_URL": "postgres:///none", "REDIS_URL": "redis://127.0.0.1:1/0", "SESSION_ENGINE": "",
    }  # fmt: skip
    code = PROBE.replace("django.setup()", LIGHT + "\ndjango.setup()", 1)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=configured.ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


# Sign-in needs neither database nor Redis to be shown; static files keep their plain names.
LIGHT = """
from django.conf import settings
settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False
"""


def test_3_3_1_3_3_3_cookies_are_bound_to_this_host_over_https(production):
    assert production["names"] == ["__Host-session", "__Host-csrf", "__Host-language"]
    assert production["flags"] == [True, True, True, True, True, None, "/"]
    for cookie in production["cookies"]:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(re.split(r"; ?", cookie)), cookie


def test_3_4_1_browsers_come_over_https_alone(production):
    assert production["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert production["plain"] == [301, "https://meridian.example/accounts/login/"]


def test_3_4_3_scripts_and_styles_are_ours_alone(production):
    policy = _policy(production["headers"]["Content-Security-Policy"])
    assert "unsafe" not in production["headers"]["Content-Security-Policy"]
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["base-uri"] in (["'self'"], ["'none'"])
    assert policy["form-action"] == ["'self'"]
    assert not {"*", "http:", "https:", "data:"} & set(
        policy["script-src"] + policy["style-src"] + policy["default-src"]
    )


def test_3_4_6_nobody_puts_us_in_a_frame(production):
    assert _policy(production["headers"]["Content-Security-Policy"])["frame-ancestors"] == ["'none'"]
    assert production["headers"]["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("requirement", "name", "value"),
    [
        ("3.4.4", "X-Content-Type-Options", "nosniff"),
        ("3.4.5", "Referrer-Policy", "same-origin"),
        ("3.4.8", "Cross-Origin-Opener-Policy", "same-origin"),
        ("3.5.8", "Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_every_answer_says_it(production, requirement, name, value):
    assert production["headers"][name] == value, requirement


def test_devices_are_not_asked_for(production):
    assert all(
        f"{one}=()" in production["headers"]["Permissions-Policy"]
        for one in ("camera", "microphone", "geolocation", "usb")
    )


def test_3_4_2_no_other_origin_reads_answers(production):
    assert not [name for name in production["headers"] if name.lower().startswith("access-control")]


def test_13_4_2_debugging_is_off_and_13_4_6_no_version_is_told(production):
    assert production["debug"] is False
    assert not {"Server", "X-Powered-By"} & set(production["headers"])


@pytest.mark.django_db
def test_13_4_7_another_host_name_is_refused_without_a_word_about_us(client, settings):
    settings.ALLOWED_HOSTS = ["meridian.example"]
    client.raise_request_exception = False
    answer = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "ALLOWED_HOSTS" not in answer.content.decode()
    assert "evil.example" not in answer.content.decode()


@pytest.mark.django_db
def test_13_4_7_no_link_in_an_e_mail_follows_a_forged_host(client, settings, mailoutbox):
    settings.ALLOWED_HOSTS = ["testserver"]
    user = UserFactory(role="risk")
    answer = client.post(
        reverse("account_reset_password"), {"email": user.email}, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert answer.status_code == 302
    assert all("evil.example" not in mail.body for mail in mailoutbox)


def _policy(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: values for name, *values in parts}


@pytest.mark.django_db
class TestHere:
    def test_3_4_3_no_page_holds_a_script_or_style_of_its_own(self, client):
        client.force_login(UserFactory(role="compliance"))
        for path in ("/", "/staff/people/", "/customers/", "/audit/", "/staff/profile/", "/accounts/password/change/"):
            page = client.get(path).content.decode()
            assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", page), path
            assert not re.search(r"\sstyle=\"|<style|\son[a-z]+=\"|javascript:", page), path

    def test_14_3_2_personal_pages_are_kept_by_no_cache(self, client):
        client.force_login(UserFactory(role="compliance"))
        for path in ("/", "/customers/", "/audit/", "/staff/profile/", "/api/v1/customers/"):
            assert "no-store" in client.get(path)["Cache-Control"], path

    def test_3_5_1_a_form_without_our_token_is_refused(self):
        browser = Client(enforce_csrf_checks=True)
        user = UserFactory(role="administrator")
        browser.force_login(user)

        for path in (reverse("staff:team_create"), reverse("staff:session_end_others"), reverse("account_logout")):
            assert browser.post(path, {"name": "x"}).status_code == 403, path
        assert browser.post("/api/v1/notifications/read-all/").status_code == 403

    def test_3_5_1_another_sites_origin_is_refused_even_with_a_token(self):
        browser = Client(enforce_csrf_checks=True)
        page = browser.get(reverse("account_login"))
        token = page.context["csrf_token"]
        answer = browser.post(
            reverse("account_login"), {"login": "a@b.test", "password": PASSWORD, "csrfmiddlewaretoken": str(token)},
            headers={"Origin": "https://evil.example"},
        )  # fmt: skip
        assert answer.status_code == 403

    @pytest.mark.parametrize("method", ["get", "head", "options"])
    def test_3_5_3_what_changes_something_is_no_get(self, client, method):
        client.force_login(UserFactory(role="administrator"))
        for name in (
            "staff:session_end_others",
            "staff:token_create",
            "customers:customer_export",
            "staff:reauthenticate",
        ):
            assert getattr(client, method)(reverse(name)).status_code in (403, 405), name

    def test_16_5_1_a_failure_inside_says_nothing_of_the_inside(self, client, monkeypatch):
        client.force_login(UserFactory(role="risk"))
        client.raise_request_exception = False
        monkeypatch.setattr("staff.views.people.UserFilter", None)

        page = client.get("/staff/people/").content.decode()

        assert "NoneType" not in page
        assert "Traceback" not in page
        assert "staff/views" not in page

    def test_16_5_1_neither_does_the_api(self, client, monkeypatch):
        client.force_login(UserFactory(role="risk"))
        client.raise_request_exception = False
        monkeypatch.setattr("staff.api.jobs.JobViewSet.get_queryset", None)
        answer = client.get("/api/v1/jobs/")
        assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
        assert "NoneType" not in answer.content.decode()

    def test_14_2_1_nothing_secret_stands_in_an_address(self, client):
        user = UserFactory(role="risk")
        answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        assert User.objects.get().email not in answer["Location"]
        assert PASSWORD not in answer["Location"]
