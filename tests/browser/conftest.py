"""A real browser against a live server. Without Chromium these tests are skipped, with the reason; in CI they fail."""

import os
import shutil

import pytest
from django.utils import timezone

from tests.factories import PASSWORD, UserFactory
from tests.pages.conftest import demo  # noqa: F401 the pages that belong to no room

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        reason = "Chromium is not installed: these tests need it (apt-get install chromium)."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop running in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, live_server):
    """The live server, over a database that holds what the migrations put there."""
    return live_server


def is_left(said: str) -> bool:
    """Whether htmx says that a page was left while it asked for a part of it, such as what a banner polls."""
    return said.startswith(("htmx:afterRequest", "htmx:sendAbort"))


@pytest.fixture
def page(browser, site):
    """A page of a fresh browser, 1440 × 900. What it complains of fails the test, unless the test takes that away."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site.url, locale="en-GB")
    page = context.new_page()
    page.complaints = []
    page.on(
        "console", lambda said: said.type == "error" and not is_left(said.text) and page.complaints.append(said.text)
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert page.complaints == []


@pytest.fixture
def sign_in(page, site, client):
    """`sign_in("risk")`, `sign_in("service", "risk", email=…)`: signs a new person of those roles in; returns them."""

    def sign_in(*roles, **fields):
        # What a page still asks under the session before would have the new cookie deleted.
        page.goto("about:blank")
        person = UserFactory(roles=list(roles), **fields)
        client.force_login(person, backend="staff.backends.RoleBackend")
        cookie = client.cookies["sessionid"]
        page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])
        return person

    return sign_in


@pytest.fixture
def sign_in_by_hand(page):
    """Through the door, as people do: address and password."""

    def sign_in_by_hand(*roles, **fields):
        person = UserFactory(roles=list(roles), **fields)
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        return person

    return sign_in_by_hand


@pytest.fixture
def now():
    return timezone.now()
