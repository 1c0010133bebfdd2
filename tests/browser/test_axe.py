"""axe-core looks at every page of the product, in both themes: nothing serious, nothing critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from config.navigation import places_for
from tests.browser.company import found_company
from tests.factories import UserFactory

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


@pytest.mark.timeout(1200)  # a page after the other, nearly two hundred of them
def test_axe_finds_nothing_serious_on_any_page(page, sign_in, site, settings):
    settings.MFA_REQUIRED_ROLES = []
    person = sign_in("administrator", "risk", "compliance", "service", "product", theme="light")
    company = found_company(UserFactory(role="risk"))
    places = [place.url for _title, in_section in places_for(person) for place in in_section]
    page.emulate_media(reduced_motion="reduce")  # colours change at once, and not over the moment in which axe looks
    wrong = {}
    for path in [*places, *company.pages, *OWN]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        wrong[path, "light"] = grave(page)
        # A theme changes colours and nothing else.
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        wrong[path, "dark"] = grave(page, runOnly=["color-contrast"])

    assert {where: found for where, found in wrong.items() if found} == {}
