"""The frame as a person meets it: keyboard, phone, languages, themes, lists, forms, charts; on pages of no room."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from staff.models import Notification, SavedView, User
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _demo(demo):
    """Every test here uses the pages of tests/pages/demo.py."""


@pytest.fixture
def person(sign_in):
    return sign_in("administrator", full_name="Zhao Min")


@pytest.fixture
def messages(person):
    now = timezone.now()
    kinds = ["job", "alert", "review", "nightly"]
    return Notification.objects.bulk_create(
        Notification(
            user=person,
            kind=kinds[n % 4],
            key=f"N-{n:04d}",
            title=f"Title {n:04d}",
            created_at=now - dt.timedelta(hours=n),
        )
        for n in range(120)
    )


def references(page):
    return page.locator("table[data-list] tbody .row-link").all_text_contents()


def wait_for_rows(page, first):
    page.locator("table[data-list] tbody .row-link").first.filter(has_text=first).wait_for()


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]


# Reach


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, person, messages, theme):
    User.objects.filter(pk=person.pk).update(theme=theme)
    for path in ["/demo/?kind=job", "/demo/?q=absent", "/demo/form/", "/demo/gallery/", "/accounts/2fa/"]:
        page.goto(path)
        page.locator("main h1").wait_for()
        page.wait_for_load_state("networkidle")

        assert violations(page) == [], path


def test_axe_finds_nothing_at_the_door_on_a_phone_and_in_a_dialog(page, person, messages):
    page.goto("/demo/")
    page.keyboard.press("Control+k")
    page.locator("#palette [data-href]").first.wait_for()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/demo/")
    assert violations(page) == []
    page.get_by_role("button", name="Menu", exact=True).click()
    assert violations(page) == []
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    assert violations(page) == []


def test_nothing_is_wider_than_a_phone(page, person, messages):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ["/demo/?kind=job", "/demo/form/", "/demo/gallery/", "/accounts/2fa/", "/accounts/logout/"]:
        page.goto(path)

        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_keyboard_reaches_the_content_at_once(page, person):
    page.goto("/demo/form/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_menu_of_a_phone_opens_traps_and_closes(page, person):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/demo/form/")
    button = page.get_by_role("button", name="Menu", exact=True)
    assert not page.locator("#side a").first.is_visible()

    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    for _press in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('.col-main')")
    page.keyboard.press("Escape")

    assert button.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.hasAttribute('data-menu')")


# Language, theme, palette


def test_the_theme_is_kept_by_the_account_and_by_the_browser(page, person):
    User.objects.filter(pk=person.pk).update(theme="light")
    page.goto("/demo/form/")
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Light or dark").click()

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    person.refresh_from_db()
    assert person.theme == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_language_is_chosen_from_the_top_bar_and_the_page_stays(page, person):
    page.goto("/demo/form/")
    page.locator("summary[aria-label=Language]").click()
    page.get_by_role("button", name="简体中文").click()

    page.wait_for_selector("html[lang=zh-Hans]")
    assert page.url.endswith("/demo/form/")
    person.refresh_from_db()
    assert person.language == "zh-hans"


def test_the_palette_goes_where_the_arrows_point(page, person):
    page.goto("/demo/form/")
    page.keyboard.press("Control+k")
    page.locator("#palette [data-href]").nth(1).wait_for()
    page.keyboard.type("Jobs")
    page.locator("#palette li", has_text="Jobs").first.wait_for()
    page.locator("#palette li[aria-selected=true]", has_text="Jobs").wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url("**/staff/jobs/")


# Lists


def test_typing_searches_and_the_address_follows(page, messages):
    page.goto("/demo/?sort=title")
    page.keyboard.press("/")
    page.keyboard.type("Title 0042")
    wait_for_rows(page, "N-0042")

    assert references(page) == ["N-0042"]
    page.wait_for_function("location.search === '?q=Title%200042&sort=title'")
    assert page.evaluate("document.activeElement.id") == "list-search"


def test_back_brings_the_whole_page_and_not_a_fragment(page, messages):
    page.goto("/demo/")
    page.locator("[data-search]").fill("Title 0042")
    wait_for_rows(page, "N-0042")
    page.locator(".row-link").first.click()
    page.locator("h1", has_text="Title 0042").wait_for()
    page.go_back()
    wait_for_rows(page, "N-0042")

    assert page.locator("#side").count() == 1
    assert page.locator("[data-search]").input_value() == "Title 0042"


def test_boxes_filter_and_chips_lift_them(page, messages):
    page.goto("/demo/")
    page.locator("summary", has_text="Kind").click()
    page.get_by_label("A review of mine is due").check()
    wait_for_rows(page, "N-0002")
    assert page.locator("summary", has_text="Kind").locator(".count").text_content() == "1"

    page.locator(".chip", has_text="Kind").click()
    wait_for_rows(page, "N-0000")

    assert page.locator(".chip").count() == 0
    assert not page.locator("input[name=kind][value=review]").is_checked()
    assert page.locator("summary", has_text="Kind").locator(".count").is_hidden()


def test_columns_that_are_chosen_stay_chosen(page, messages):
    page.goto("/demo/")
    page.locator("summary[aria-label=Columns]").click()
    page.locator("[data-columns] label", has_text="To").locator("input[value=user]").check()
    page.locator("th", has_text="To").filter(has_not_text="Told").first.wait_for()
    page.goto("/demo/?q=Title")

    assert page.locator("td[data-label=To]").first.text_content() == "Zhao Min"


def test_a_list_is_walked_looked_at_and_opened_by_keys(page, messages):
    page.goto("/demo/")
    for key in "jjk":
        page.keyboard.press(key)
    assert page.locator("tr.at .row-link").text_content() == "N-0000"

    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.locator("#preview-body", has_text="Text").wait_for()
    assert page.locator("#preview-body .side").count() == 0
    page.keyboard.press("Escape")
    assert page.locator("#preview").is_hidden()

    page.keyboard.press("Enter")
    page.locator("h1", has_text="Title 0001").wait_for()


def test_pages_are_turned_by_keys_and_the_keys_are_told(page, messages):
    page.goto("/demo/")
    page.keyboard.press("]")
    wait_for_rows(page, "N-0050")
    page.keyboard.press("[")
    wait_for_rows(page, "N-0000")
    page.keyboard.press("?")

    assert page.get_by_role("dialog", name="Keys").is_visible()


def test_all_that_match_are_selected_and_not_only_this_page(page, messages):
    page.goto("/demo/?kind=job&kind=alert")
    page.get_by_label("Select this page").check()
    assert page.locator("[data-bulk-count]").text_content() == "50 selected"

    page.get_by_role("button", name="Select all that match").click()
    page.get_by_role("button", name="Mark as read").click()

    assert page.locator("body").text_content() == "60 rows"


def test_some_rows_are_selected_with_x_and_shift(page, messages):
    page.goto("/demo/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("td.row-box input").nth(4).click(modifiers=["Shift"])
    page.get_by_role("button", name="Delete…").click()

    assert page.locator("body").text_content() == "5 rows"


def test_a_view_is_saved_with_the_filters_of_now_and_becomes_a_tab(page, person, messages):
    page.goto("/demo/?sort=title")
    page.locator("[data-search]").fill("Title 004")
    wait_for_rows(page, "N-0040")
    page.get_by_role("button", name="Save this view").click()
    page.get_by_label("Name").fill("Forties")
    # The demo list is unknown to the room that keeps views, which refuses it: look at what is sent.
    with page.expect_request("**/staff/views/new/") as sent:
        page.get_by_role("button", name="Save view").click()

    body = sent.value.post_data
    assert "page=demo_list" in body
    assert "query=q%3DTitle%2B004%26sort%3Dtitle" in body or "query=sort%3Dtitle%26q%3DTitle%2B004" in body
    page.complaints.clear()


def test_the_tab_of_a_view_is_left_when_its_filters_change(page, person, messages):
    view = SavedView.objects.create(owner=person, page="demo_list", name="Jobs", query="kind=job")
    page.goto(f"/demo/?kind=job&view={view.pk}")
    assert page.locator("#views [aria-current]").text_content() == "Jobs"
    page.locator("[data-search]").fill("Title 004")
    wait_for_rows(page, "N-0040")

    assert page.locator("#views [aria-current]").count() == 0


def test_rows_are_cards_on_a_phone(page, messages):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/demo/")
    row = page.locator("table[data-list] tbody tr").first

    assert row.evaluate("row => getComputedStyle(row).display") == "grid"
    label = row.locator("td[data-label=Told]").evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Told"'


def test_rows_are_36_pixels_high_and_their_heading_stays(page, messages):
    page.goto("/demo/")
    assert page.locator("tbody tr").nth(3).bounding_box()["height"] == pytest.approx(36, abs=1)
    before = page.locator("thead th").nth(1).bounding_box()["y"]
    page.locator("tbody tr").last.scroll_into_view_if_needed()

    assert page.locator("thead th").nth(1).bounding_box()["y"] == before
    assert page.locator(".pager").is_visible()


def test_a_list_that_fails_keeps_what_it_showed_and_says_so(page, messages):
    page.goto("/demo/")
    page.route("**/demo/?q=*", lambda route: route.fulfill(status=500, body="broken"))
    page.locator("[data-search]").fill("x")
    page.locator(".toast-x", has_text="That did not work").wait_for()

    assert len(references(page)) == 50
    page.complaints.clear()


# Forms


def test_a_form_is_sent_with_ctrl_enter_and_says_what_is_wrong(page, person):
    page.goto("/demo/form/")
    page.locator("#id_text").fill("Without a subject")
    page.keyboard.press("Control+Enter")
    page.locator("[data-error-summary]").wait_for()
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    assert page.locator("#id_text").input_value() == "Without a subject"
    page.complaints.clear()  # the browser logs the 422

    page.locator("[data-error-summary] a").click()
    page.keyboard.type("Now with one")
    page.keyboard.press("Control+Enter")
    page.locator(".toast-x", has_text="The note is saved.").wait_for()

    page.goto("/demo/form/")
    assert page.locator("[data-draft-bar]").is_hidden()


def test_what_was_typed_survives_a_closed_tab_but_passwords_are_never_kept(page, person):
    page.goto("/demo/form/")
    page.locator("#id_subject").fill("Half a thought")
    page.locator("#id_secret").fill("hunter2hunter2")
    kept = page.evaluate("Object.values(localStorage).join()")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/demo/")
    page.goto("/demo/form/")

    assert "hunter2" not in kept
    page.get_by_role("button", name="Bring it back").click()
    assert page.locator("#id_subject").input_value() == "Half a thought"


def test_leaving_a_form_with_changes_asks_first(page, person):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/demo/form/")
    page.locator("#id_subject").click()
    page.keyboard.type("x")
    page.locator(".brand").click()
    page.wait_for_timeout(200)

    assert asked == ["beforeunload"]
    page.complaints.clear()  # the demo has no home


def test_a_session_that_ends_while_typing_loses_nothing(page, person, client, site):
    page.goto("/demo/form/")
    page.locator("#id_subject").fill("Typed before the end")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    page.get_by_text("This page was out of date").wait_for()
    client.force_login(person, backend="staff.backends.RoleBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page.goto("/demo/form/")

    page.get_by_role("button", name="Bring it back").click()
    assert page.locator("#id_subject").input_value() == "Typed before the end"
    page.complaints.clear()  # the browser logs the 403


def test_another_person_at_the_same_browser_is_not_offered_the_draft(page, person, client, site):
    page.goto("/demo/form/")
    page.locator("#id_subject").fill("Mine alone")
    page.on("dialog", lambda dialog: dialog.accept())
    client.force_login(UserFactory(), backend="staff.backends.RoleBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page.goto("/demo/form/")

    assert page.locator("[data-draft-bar]").is_hidden()


def test_what_cannot_be_undone_is_typed_out(page, person):
    page.goto("/demo/gallery/")
    page.get_by_role("button", name="Withdraw…").click()
    button = page.get_by_role("dialog").get_by_role("button", name="Withdraw")
    assert button.is_disabled()
    page.get_by_label("Type FUND-7 to go on").fill("FUND-8")
    assert button.is_disabled()
    page.get_by_label("Type FUND-7 to go on").fill("FUND-7")

    assert button.is_enabled()


# Pieces


def test_a_masked_value_is_shown_for_a_reason_and_hides_itself(page, person):
    page.clock.install()
    page.goto("/demo/gallery/")
    page.get_by_role("button", name="Reveal (you are asked why").click()
    page.get_by_label("What for?").select_option("call")
    page.get_by_label("Reason in words").fill("The customer is on the phone")
    page.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    page.locator(".masked.is-open", has_text="13812345678").wait_for()
    page.clock.fast_forward(31_000)

    assert page.locator(".masked").first.text_content() == "138****5678"


def test_a_reason_that_does_not_do_is_answered_in_the_dialog(page, person):
    page.goto("/demo/gallery/")
    page.get_by_role("button", name="Reveal (you are asked why").click()
    page.get_by_label("What for?").select_option("other")
    page.get_by_label("Reason in words").fill("     x")
    page.route("**/demo/reveal/", lambda route: route.fulfill(status=422, body="Say why, in five letters or more."))
    page.get_by_role("dialog").get_by_role("button", name="Reveal").click()

    page.locator("#reveal-problem", has_text="Say why").wait_for()
    page.complaints.clear()  # the browser logs the 422


def test_charts_are_drawn_redrawn_in_the_dark_copied_and_saved(page, person):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/demo/gallery/")
    page.locator("[data-chart=bars] canvas").wait_for()
    assert page.locator("[data-chart] canvas").count() == 4

    page.get_by_role("button", name="Light or dark").click()
    box = page.locator("[data-chart-box=bars]")
    box.locator("summary").click()
    with page.expect_download() as csv:
        box.get_by_role("button", name="CSV").click()
    with page.expect_download() as png:
        box.get_by_role("button", name="PNG").click()
    box.get_by_role("button", name="Copy").click()
    page.locator(".toast-x", has_text="Copied").wait_for()

    assert csv.value.suggested_filename == "bars.csv"
    assert csv.value.path().read_text().splitlines()[1] == '"Payment","120","0"'
    assert png.value.path().read_bytes()[1:4] == b"PNG"
    assert page.evaluate("navigator.clipboard.readText()").splitlines()[0] == "Point\tFees\tInterest"


def test_the_tooltip_of_a_chart_keeps_to_the_policy(page, person):
    page.goto("/demo/gallery/")
    chart = page.locator("[data-chart=bars]")
    chart.locator("canvas").wait_for()
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.locator(".ec-tip dd").first.wait_for()


def test_a_page_without_a_chart_does_not_fetch_the_chart_engine(page, person):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto("/demo/form/")
    page.wait_for_load_state("networkidle")

    assert not [url for url in fetched if "echarts" in url]
    assert not [url for url in fetched if not url.startswith(page.url.split("/demo")[0])]


def test_a_fragment_can_say_something_in_a_toast(page, person):
    page.goto("/demo/gallery/")
    page.get_by_role("button", name="Toast").click()

    page.locator(".toast-x", has_text="It is done.").wait_for()


def test_the_door_lets_in_by_address_and_password(page, sign_in_by_hand):
    sign_in_by_hand("service")
    page.complaints.clear()  # the demo has no home
    page.goto("/demo/form/")

    assert page.locator("h1").text_content() == "New message"
