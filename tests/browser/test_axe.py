"""axe-core looks at every page of the product, in both themes: nothing serious, nothing critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from config.navigation import places_for
from surveys.services.invitations import token_of
from tests.browser.company import found_company
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.surveys import InvitationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN = [
    "/staff/profile/",
    "/staff/notifications/",
    "/staff/views/",
    "/staff/changes/all/",
    "/staff/changes/mine/",
    "/staff/changes/reviews/",
    "/staff/delegations/",
    "/staff/policies/staff.user.change/change/",
    "/nightly/start/",
    "/risk/register/new/",
    "/products/new/",
    "/staff/evidence/export/",
]


def grave(page, **options):
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [
        (one["id"], one["impact"], [node["html"][:140] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.timeout(1200)  # a page after the other, some two hundred of them
def test_axe_finds_nothing_serious_on_any_page(page, sign_in, site, settings):
    settings.MFA_REQUIRED_ROLES = []
    person = sign_in("administrator", "risk", "compliance", "service", "product", "marketing", theme="light")
    company = found_company(UserFactory(role="risk"))
    places = [place.url for _title, in_section in places_for(person) for place in in_section]
    page.emulate_media(reduced_motion="reduce")  # colours change at once, and not over the moment in which axe looks
    wrong = {}
    for path in [*places, *company.pages, *OWN]:
        page.goto(path)
        page.wait_for_selector(".htmx-request", state="detached")  # parts that a page asks for as it loads
        wrong[path, "light"] = grave(page)
        # A theme changes colours and nothing else.
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        wrong[path, "dark"] = grave(page, runOnly=["color-contrast"])

    assert {where: found for where, found in wrong.items() if found} == {}


def in_both_themes(page):
    light = grave(page)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    dark = grave(page, runOnly=["color-contrast"])
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    return [*light, *dark]


def test_axe_finds_nothing_serious_on_what_a_customer_opens_by_a_link(page, site):
    """The questionnaire from its first page to its last one, an answer that is missing, and a link that is none."""
    page.emulate_media(reduced_motion="reduce")
    url = f"/surveys/answer/{token_of(InvitationFactory(subject=CustomerFactory().pk))}/"
    wrong = {}
    page.goto(url)
    wrong["first"] = in_both_themes(page)
    page.get_by_role("button", name="Begin", exact=True).click()
    for key in ["experience", "years", "loss"]:
        page.wait_for_load_state("networkidle")
        wrong[key] = in_both_themes(page)
        page.locator("input[type=radio]").last.check()
        page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_load_state("networkidle")
    wrong["look over"] = in_both_themes(page)
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert "C5" in page.content() or "Bold" in page.content()
    wrong["thanks"] = in_both_themes(page)
    page.goto("/surveys/answer/no-such-link/")
    page.complaints.clear()  # the browser writes down that the page answers 404, as it should
    wrong["closed"] = in_both_themes(page)

    assert {where: found for where, found in wrong.items() if found} == {}
