import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from pages.charts import Chart
from tests.factories import UserFactory
from tests.pages.demo import gallery_context

ROOT = Path(settings.ROOT)
HANDED_OUT = ROOT / "templates/customers/access_package.html"  # a file to take away, which no page of ours shows
TEMPLATES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "tests/pages/templates").rglob("*.html")]


@pytest.fixture
def person(db, client):
    person = UserFactory(full_name="Zhao Min", role="risk")
    client.force_login(person, backend="staff.backends.RoleBackend")
    return person


# Policy


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path != HANDED_OUT], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_template_holds_what_the_policy_refuses(path):
    text = path.read_text()

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes


def test_the_policy_allows_nothing_inline(client, db):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy


# The side bar


def test_the_place_one_is_under_is_marked_and_no_other(demo, client, person):
    html = client.get("/demo/form/").content.decode()

    assert re.findall(r'<a class="nav-i" href="([^"]+)" aria-current="page"', html) == ["/demo/"]


def test_before_sign_in_there_is_no_side_bar_and_no_palette(client, db):
    html = client.get(reverse("account_login")).content.decode()

    assert 'id="palette"' not in html
    assert 'id="side"' not in html


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant")])
def test_the_page_says_its_language(demo, client, db, language, tag):
    person = UserFactory(language=language, theme="dark")
    client.force_login(person, backend="staff.backends.RoleBackend")

    html = client.get("/demo/").content.decode()

    assert f'<html lang="{tag}" data-bs-theme="light" data-theme="dark">' in html


# Palette


def test_the_palette_finds_places_by_their_name(demo, client, person):
    html = client.get(reverse("palette"), {"q": "mess"}).content.decode()

    assert 'data-href="/demo/"' in html
    assert "Messages" in html


def test_the_palette_says_when_it_finds_nothing(demo, client, person):
    assert "Nothing found" in client.get(reverse("palette"), {"q": "zzzz"}).content.decode()


def test_the_palette_is_for_people_who_have_signed_in(client, db):
    assert client.get(reverse("palette"), {"q": "a"}).status_code == 302


# Pages that say what went wrong


@pytest.mark.parametrize("template", ["400.html", "500.html", "403_csrf.html"])
def test_pages_of_failure_need_neither_database_nor_request(template):
    html = render_to_string(template)  # without django_db, a query would fail this test

    assert "<h1>" in html
    assert 'href="/"' in html


def test_a_failure_is_answered_with_a_page_and_no_detail(demo, client, person):
    client.raise_request_exception = False

    response = client.get("/demo/broken/")

    assert response.status_code == 500
    assert "Something failed on our side" in response.content.decode()
    assert "broken on purpose" not in response.content.decode()


def test_an_unknown_address_keeps_the_frame(demo, client, person):
    response = client.get("/demo/nowhere/")

    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()
    assert 'class="nav-i"' in response.content.decode()


def test_a_form_that_is_out_of_date_is_told_so(demo, person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="staff.backends.RoleBackend")

    response = client.post("/demo/form/", {"subject": "x"})

    assert response.status_code == 403
    assert "This page was out of date" in response.content.decode()


# Pieces


def test_a_form_says_what_is_wrong_in_a_summary_and_beside_the_field(demo, client, person):
    response = client.post("/demo/form/", {"grave": "nonsense"})
    html = response.content.decode()

    assert response.status_code == 422
    assert '<a href="#id_subject">Subject</a>: This field is required.' in html
    assert html.count("This field is required.") == 2
    assert 'value="nonsense"' not in html


def test_every_piece_can_be_shown_in_every_language(demo, client, person):
    for language in ("en", "zh-hans", "zh-hant"):
        type(person).objects.filter(pk=person.pk).update(language=language)

        html = client.get("/demo/gallery/").content.decode()

        assert 'data-chart="line"' in html
        assert 'class="internal"' in html
        assert "Nothing has been recorded" in html or language != "en"


def test_a_chart_has_its_figures_in_a_table_behind_it(demo, client, person):
    table = (
        client.get("/demo/gallery/").content.decode().partition('data-chart-table="bars"')[2].partition("</table>")[0]
    )

    assert re.findall(r"<t[hd][^>]*>([^<]+)</t[hd]>", table) == [
        "Fees", "Interest", "Payment", "120", "0", "Wealth", "80", "0", "Loans", "40", "90", "Funds", "10", "5",
    ]  # fmt: skip


def test_a_chart_refuses_series_that_do_not_fit_its_axis():
    with pytest.raises(ValueError, match="Fees has 2 values for 3 points"):
        Chart("Income", ["a", "b", "c"], {"Fees": [1, 2]})


def test_what_is_unknown_is_a_gap_in_the_chart_and_a_dash_in_its_table():
    chart = gallery_context()["lines"]

    assert chart.spec()["series"][1]["data"][0] is None
    assert chart.rows()[0] == ["2026-08-01", "0", "–"]


def test_an_action_that_cannot_be_done_now_says_why(demo, client, person):
    from django.utils import timezone

    from staff.models import Notification

    row = Notification.objects.create(user=person, kind="job", key="n", title="One", created_at=timezone.now())

    html = client.get(f"/demo/{row.pk}/").content.decode()

    assert re.search(r'<button[^>]*aria-disabled="true"[^>]*data-why="It is not yours."', html)
    assert 'data-dialog="delete"' not in html


# Sign-in and security pages: none may fall back to the library's bare look


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
)
def test_pages_before_the_door_wear_the_frame(client, db, name):
    html = client.get(reverse(name)).content.decode()

    assert 'class="auth-card"' in html
    assert "<h1>" in html


@pytest.mark.parametrize("name", ["mfa_index", "account_change_password", "mfa_list_webauthn"])
def test_pages_of_security_wear_the_frame(client, person, name):
    html = client.get(reverse(name)).content.decode()

    assert 'id="palette"' in html
    assert "<h1>" in html


def test_setting_up_a_second_factor_asks_who_one_is_and_then_shows_the_code(client, person):
    from tests.factories import PASSWORD

    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "Is it you?" in asked.content.decode()

    client.post(asked.request["PATH_INFO"], {"password": PASSWORD})
    shown = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'class="qr" src="data:image/svg+xml' in shown

    client.get(reverse("mfa_add_webauthn"))
    assert "mfa_webauthn_add" in client.get(reverse("mfa_add_webauthn")).content.decode()


def test_the_icon_is_found_where_browsers_guess_it(client, db):
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert response.url.endswith("meridian/favicon.svg")


def test_what_can_be_undone_is_said_with_a_way_back(rf, person):
    from django.contrib.messages.storage.fallback import FallbackStorage

    from pages.actions import toast_with_undo

    request = rf.get("/")
    request.session, request._messages = {}, None
    request._messages = FallbackStorage(request)
    toast_with_undo(request, "Alert <closed>", "/undo/")
    [message] = request._messages

    assert str(message).startswith("Alert &lt;closed&gt; <button")
    assert 'hx-post="/undo/"' in str(message)


@pytest.mark.parametrize(
    ("hours", "css"),
    [(-1, "pill-red"), (3, "pill-amber"), (30, "pill-neutral")],
)
def test_a_deadline_is_neutral_then_amber_then_red(hours, css):
    from django.utils import timezone

    from pages.templatetags.pages import deadline

    assert css in deadline(timezone.now() + dt.timedelta(hours=hours))
    assert "pill-neutral" in deadline(timezone.now(), paused="waiting for the bank")
    assert "waiting for the bank" in deadline(timezone.now(), paused="waiting for the bank")
