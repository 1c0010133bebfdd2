"""A panel of four experts in one sitting: two blind rounds, voted by keys in the matrix, and the result."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessment.models import Panel, Vote
from tests.browser.test_axe import grave
from tests.factories import UserFactory
from tests.factories.panels import a_panel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "Three losses of this kind in two years."


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def be(page, client, site):
    """`be(person)`: the browser is this person's from here on."""

    def be(person):
        page.goto("about:blank")
        client.force_login(person, backend="staff.backends.RoleBackend")
        cookie = client.cookies["sessionid"]
        page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])

    return be


def open_round(page, url):
    page.goto(f"{url}open/")
    due = timezone.localtime() + timedelta(days=3)
    page.get_by_label("Votes until").fill(due.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Open a round").click()
    page.get_by_text("Votes until").first.wait_for()


def cast(page, url, steps):
    """Vote by keys: into the matrix, `steps` places on from its first, then probability and reason."""
    page.goto(f"{url}vote/")
    place = page.locator("input[type=radio]").first
    place.focus()
    page.keyboard.press("Space")
    for _step in range(steps):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("35")
    page.keyboard.press("Tab")
    page.keyboard.type(WHY)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Your vote is cast.").wait_for()


def close_round(page, url):
    page.goto(url)
    button = page.get_by_role("button", name="Close the round")
    if not button.is_visible():
        page.locator("summary", has_text="More").first.click()
    button.click()
    page.get_by_text("Open", exact=True).first.wait_for(state="hidden")


def test_four_experts_agree_in_the_second_round(page, be):
    officer = UserFactory(role="risk", full_name="Grace Liu")
    experts = [UserFactory(role=role) for role in ("service", "product", "compliance", "marketing")]
    panel = a_panel(facilitator=officer, experts=experts, risks=1)
    url = f"/assessment/panels/{panel.reference}/"

    for number, places in ((1, (0, 24, 6, 18)), (2, (6, 6, 6, 6))):
        be(officer)
        open_round(page, url)
        for expert, steps in zip(experts, places, strict=True):
            be(expert)
            cast(page, url, steps)
        be(officer)
        page.goto(url)
        assert page.get_by_text("Has voted", exact=True).count() == 4
        assert WHY not in page.content(), "whoever runs a panel reads a vote of an open round"
        close_round(page, url)
        assert panel.rounds.get(number=number).closed_at

    page.goto(f"{url}results/")
    page.get_by_text("Agreed").first.wait_for()
    assert grave(page) == []
    page.goto(f"{url}finish/")
    page.get_by_label("What did the panel conclude?").fill("All four agree in the second round.")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("All four agree in the second round.").first.wait_for()

    assert Panel.objects.get().state == "finished"
    assert [one.verdict for one in panel.rounds.all()] == ["goes_on", "agreed"]
    assert Vote.objects.count() == 8
