"""The ways that people take through the whole product, each in a real browser, with a small company to walk in."""

import re

import pytest

from config.celery import app
from config.navigation import places_for
from customers.models import Interaction
from operations.models import NightlyRun
from staff.models import SavedView
from staff.rules.roles import Role
from tests.browser.company import found_company, yesterday
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHOLE_HOUSE = ["administrator", "risk", "compliance", "service", "product"]  # together they open every place


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """Its own tests ask for it; here it would stand before every page of some roles."""
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def company(site):
    return found_company(UserFactory(role="risk", full_name="Owner of it all"))


def places(person):
    return [place for _title, in_section in places_for(person) for place in in_section]


def rows(page):
    return page.locator("table[data-list] tbody .row-link")


def wait_for_rows(page, count):
    rows(page).nth(count).wait_for(state="detached")
    rows(page).nth(count - 1).wait_for()


def too_wide(page):
    """By how many pixels a page is wider than its window, and what stands out."""
    return page.evaluate(
        """() => {
            const over = document.documentElement.scrollWidth - innerWidth;
            if (over <= 0) return null;
            const out = [...document.querySelectorAll("body *")]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1);
            return `${over} px: ` + out.slice(0, 3).map(e => e.outerHTML.slice(0, 90)).join(' | ');
        }"""
    )


# Reach: what a role is offered opens


@pytest.mark.parametrize("role", list(Role))
def test_a_role_signs_in_and_opens_every_place_of_its_side_bar(page, sign_in_by_hand, role):
    person = sign_in_by_hand(role)
    offered = page.locator("#side nav a").evaluate_all("links => links.map(a => a.getAttribute('href'))")

    assert offered == [place.url for place in places(person)]
    for path in offered:
        assert page.goto(path).status == 200, path
        assert page.locator("main h1").count() == 1, path
        assert page.locator("#side a[aria-current=page]").get_attribute("href") == path
        assert page.complaints == [], path


def test_every_record_opens_without_a_complaint(page, sign_in, company):
    sign_in(*WHOLE_HOUSE)
    for path in company.pages:
        assert page.goto(path).status == 200, path
        page.wait_for_load_state("networkidle")
        assert page.locator("main h1").count() == 1, path
        assert page.complaints == [], path


def test_a_phone_shows_every_page_within_its_width_and_its_menu_leads_on(page, sign_in, company):
    person = sign_in(*WHOLE_HOUSE)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in [*(place.url for place in places(person)), *company.pages, "/staff/profile/", "/staff/notifications/"]:
        page.goto(path)
        assert too_wide(page) is None, path

    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator("#side a", has_text="Heat map").click()
    page.wait_for_url("**/risk/heat-map/")
    assert not page.locator("#side a").first.is_visible()


def test_rows_of_short_tables_open_their_records(page, sign_in, company):
    sign_in(*WHOLE_HOUSE)
    customer = f"/customers/{company.customer.reference}/"
    for path, table in [
        (f"{customer}accounts/", "#accounts"),
        (f"/products/{company.product.code}/", "main"),
        ("/nightly/", "main"),
    ]:
        page.goto(path)
        page.locator(f"{table} table .row-link").first.click()
        page.wait_for_url(lambda url, path=path: not url.endswith(path))
        assert page.locator("main h1").count() == 1, path


# Customers


def test_a_customer_is_found_by_surname_read_in_parts_and_a_contact_logged_by_keyboard(page, sign_in, company):
    sign_in("service")
    page.goto("/customers/")
    page.keyboard.press("/")
    page.keyboard.type("欧阳")
    wait_for_rows(page, 1)
    rows(page).first.click()
    page.locator("h1", has_text="欧阳明月").wait_for()
    for part, shown in [
        ("Transactions", "4,800.25"),
        ("Accounts", company.account.number[-4:]),
        ("Overview", "Timeline"),
    ]:
        page.locator("main .tabs a", has_text=part).first.click()
        page.locator("main", has_text=shown).wait_for()

    page.get_by_role("link", name="Log contact").click()
    page.get_by_label("Subject").fill("Asked about the fee of June")
    page.get_by_label("What was said").fill("Explained; content.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/customers/{company.customer.reference}/")

    assert page.get_by_text("Asked about the fee of June").is_visible()
    assert Interaction.objects.filter(title="Asked about the fee of June").count() == 1


def test_a_filtered_list_is_kept_as_a_view_and_found_again(page, sign_in, company):
    person = sign_in("service")
    page.goto("/customers/")
    page.locator("summary", has_text="Kind").click()
    page.get_by_label("Business", exact=True).check()
    wait_for_rows(page, 1)
    page.get_by_role("button", name="Save this view").click()
    page.locator("#view-name").fill("Firms")
    page.get_by_role("button", name="Save view").click()
    page.locator("#views a[aria-current=page]", has_text="Firms").wait_for()

    assert SavedView.objects.get(owner=person).name == "Firms"
    page.goto("/customers/")
    page.locator("#views a", has_text="Firms").click()
    wait_for_rows(page, 1)
    assert page.locator("table[data-list] tbody").get_by_text("Adler-Brandt").count() == 1


def test_the_list_is_walked_looked_into_and_opened_without_a_mouse(page, sign_in, company):
    sign_in("service")
    page.goto("/customers/")
    names = rows(page).all_text_contents()
    for key in "jjk":
        page.keyboard.press(key)
    assert page.locator("tr.at .row-link").text_content() == names[0]
    page.keyboard.press("Space")
    page.locator("#preview-body h2, #preview-body h1").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#preview").is_hidden()

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/C-\d+/$"))


@pytest.mark.parametrize(("typed", "lands"), [("欧阳", r"/customers/C-\d+/$"), ("heat", r"/risk/heat-map/$")])
def test_the_palette_finds_customers_and_pages(page, sign_in, company, typed, lands):
    sign_in("service", "risk")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.locator("#palette [data-href]").first.wait_for()
    page.keyboard.type(typed)
    page.locator("#palette li[aria-selected=true]", has_text=re.compile(typed, re.IGNORECASE)).wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(lands))


# Risk


def test_a_cell_of_the_heat_map_opens_its_risks(page, sign_in, company):
    sign_in("risk")
    page.goto("/risk/heat-map/")
    full = page.locator("table.heat a").filter(has_text=re.compile(r"^1")).first
    assert full.get_attribute("aria-label").startswith("1 risk: ")
    full.click()

    page.wait_for_url("**/risk/register/?*likelihood=4&impact=3*")
    assert rows(page).count() == 1
    assert page.get_by_text("Borrowers stop paying at once").first.is_visible()


def test_the_owner_closes_an_alert_with_a_reason_and_not_without(page, sign_in, client, company, site):
    client.force_login(company.alert.owner, backend="staff.backends.RoleBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page.goto(f"/risk/alerts/{company.alert.pk}/")
    page.get_by_role("link", name="Close alert").click()
    page.get_by_label("Why is it closed?").fill("Short")
    page.get_by_role("button", name="Close alert").click()
    page.locator("[data-error-summary]").wait_for()
    page.complaints.clear()  # the browser logs the 422
    page.get_by_label("Why is it closed?").fill("One late batch; the partner sent it again.")
    page.get_by_role("button", name="Close alert").click()
    page.wait_for_url(f"**/risk/alerts/{company.alert.pk}/")

    assert page.locator(".notice", has_text="One late batch").is_visible()
    company.alert.refresh_from_db()
    assert not company.alert.is_open
    assert company.alert.closed_by == company.alert.owner


def test_others_may_read_an_alert_but_not_close_it(page, sign_in, company):
    sign_in("management")
    page.goto(f"/risk/alerts/{company.alert.pk}/")

    assert page.get_by_role("link", name="Close alert").count() == 0
    assert page.goto(f"/risk/alerts/{company.alert.pk}/close/").status == 403
    assert page.locator("h1").is_visible()
    page.complaints.clear()  # the browser logs the 403


# The run of the night, imports


def test_an_administrator_runs_the_night_from_the_page(page, sign_in, company, monkeypatch):
    monkeypatch.setitem(app.conf, "task_always_eager", True)  # no worker in tests: the server does it at once
    person = sign_in("administrator")
    page.goto("/nightly/")
    page.get_by_role("link", name="Run now").click()
    page.get_by_label("Business date").fill(yesterday().isoformat())
    page.get_by_role("button", name=re.compile("Run|Start")).click()
    page.wait_for_url("**/nightly/")

    assert page.locator(".toast-x", has_text="The run has been asked for").is_visible()
    newest = NightlyRun.objects.order_by("-pk")[0]
    assert (newest.state, newest.asked_by) == ("done", person)
    assert newest.pk != company.nightly.pk


def test_who_only_watches_the_night_cannot_start_it(page, sign_in, company):
    sign_in("management")
    page.goto("/nightly/")

    assert page.get_by_role("link", name="Run now").count() == 0
    assert page.goto("/nightly/start/").status == 403
    page.complaints.clear()


def test_an_import_says_what_it_took_and_why_not_the_rest(page, sign_in, company):
    sign_in("administrator")
    page.goto("/customers/imports/")
    rows(page).first.or_(page.locator("main tbody a").first).first.click()
    page.wait_for_url(f"**/customers/imports/{company.run.pk}/")
    assert page.get_by_text("trans.asc").is_visible()
    page.locator("td[data-label=Rejected] a").click()

    page.wait_for_url("**/rejects/*")
    assert page.get_by_text("930229").first.is_visible()


# Language and theme


def test_chinese_is_chosen_once_and_stays(page, sign_in, company):
    sign_in("service", "risk")
    page.goto("/customers/")
    page.locator("summary[aria-label=Language]").click()
    page.get_by_role("button", name="简体中文").click()
    page.wait_for_selector("html[lang=zh-Hans]")

    assert page.locator("h1").text_content().strip() == "客户"
    page.goto("/risk/heat-map/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert re.search("[一-鿿]", page.locator("h1").text_content())
    assert page.locator("#side a", has_text="Customers").count() == 0


def test_the_theme_is_chosen_once_and_stays(page, sign_in, company):
    sign_in("service")
    page.goto("/customers/")
    shown = page.evaluate("document.documentElement.dataset.bsTheme")
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Light or dark").click()
    other = page.evaluate("document.documentElement.dataset.bsTheme")
    assert {shown, other} == {"light", "dark"}
    page.goto(f"/customers/{company.customer.reference}/")

    assert page.evaluate("document.documentElement.dataset.bsTheme") == other
