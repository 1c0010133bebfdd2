"""Marketing with mouse and keyboard: a segment is built, a promise is refused and mended, compliance signs exactly that, one
edit voids it, it is signed again and scheduled. What axe finds on the way fails too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketing.models import Campaign, Segment, SignOff
from tests.browser.test_axe import grave
from tests.factories.campaigns import ProviderFactory, SegmentFactory, awake
from tests.factories.customers import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVE = "Save the text"


@pytest.fixture(autouse=True)
def _plain(settings):
    settings.MFA_REQUIRED_ROLES = []
    awake()


@pytest.fixture
def people():
    """Three in the north, of whom one is frozen, and two in the south."""
    for region, *statuses in [("North", "active", "active", "frozen"), ("South", "active", "active")]:
        for status in statuses:
            PersonFactory(region=region, status=status)


def redrawn(page, act):
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/segments/" in answer.url):
        act()
    page.wait_for_load_state("networkidle")


def condition(page, number, field, value):
    """Fill a condition of the builder; its comparison is the first that is offered."""
    part = page.get_by_role("group", name=f"Condition {number}", exact=True)
    redrawn(page, lambda: part.get_by_label("Field").select_option(label=field))
    redrawn(page, lambda: part.get_by_label("Value").select_option(label=value))


def test_a_segment_is_built_counted_and_kept(page, sign_in, people):
    sign_in("marketing")
    page.goto("/marketing/segments/new/")
    page.get_by_role("textbox", name="Code*").fill("north")
    page.get_by_role("textbox", name="Name*").fill("Active in the north")
    condition(page, "1", "Region", "North")
    page.locator(".rule-count", has_text="3 customers now").wait_for()

    redrawn(page, lambda: page.get_by_role("button", name="Group", exact=True).click())
    page.get_by_role("group", name="Group 2").get_by_role("combobox", name="How its parts are joined").wait_for()
    condition(page, "2.1", "Status", "Active")
    page.locator(".rule-count", has_text="2 customers now").wait_for()
    typed = page.get_by_role("textbox", name="Code*").input_value()
    assert typed == "north", "what was typed stays while the rule is drawn anew"
    assert grave(page) == []
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/marketing/segments/north/")

    assert Segment.objects.get(code="north").rule == {
        "all": [
            {"field": "region", "op": "in", "value": ["North"]},
            {"any": [{"field": "status", "op": "in", "value": ["active"]}]},
        ]
    }
    assert grave(page) == []


def write(page, body):
    page.goto("/marketing/messages/spring/en/write/")
    page.get_by_role("textbox", name="Subject").fill("A plan for spring")
    page.get_by_role("textbox", name="Text*").fill(body)


def test_a_promise_is_refused_mended_signed_voided_and_signed_again(page, sign_in):
    sign_in("marketing", full_name="Mei Lin")
    provider, segment = ProviderFactory(), SegmentFactory()
    page.goto("/marketing/messages/new/")
    page.get_by_role("textbox", name="Code*").fill("spring")
    page.get_by_role("textbox", name="Name*").fill("Spring")
    page.get_by_role("combobox", name="Channel*").select_option("email")
    page.get_by_role("button", name="Save and write it").click()
    page.wait_for_url("**/marketing/messages/spring/**")
    write(page, "Dear {{name}}, a guaranteed return awaits you.\n\n{{unsubscribe_url}}")
    page.locator("#draft", has_text="guaranteed return").get_by_text("Must be mended").first.wait_for()
    page.frame_locator("#draft iframe").get_by_text("a guaranteed return awaits you").wait_for()
    assert grave(page) == []
    page.get_by_role("button", name=SAVE).click()
    page.wait_for_url("**/marketing/messages/spring/?lang=en")

    reference = planned(page, provider, segment)
    page.get_by_role("button", name="Ask for sign-off").click()
    page.get_by_text("guaranteed return").first.wait_for()
    assert not SignOff.objects.exists()

    write(page, "Dear {{name}}, see what a plan may bring, and what you may lose.\n\n{{unsubscribe_url}}")
    page.get_by_role("button", name=SAVE).click()
    page.wait_for_url("**/marketing/messages/spring/?lang=en")
    page.goto(f"/marketing/campaigns/{reference}/")
    page.get_by_role("button", name="Ask for sign-off").click()
    page.get_by_text("In review").first.wait_for()

    sign(page, sign_in, reference)
    Campaign.objects.get(state="approved")

    sign_in("marketing")
    write(page, "Dear {{name}}, one word is another.\n\n{{unsubscribe_url}}")
    page.get_by_role("button", name=SAVE).click()
    page.wait_for_url("**/marketing/messages/spring/?lang=en")
    page.goto(f"/marketing/campaigns/{reference}/sign-off/")
    page.get_by_text("Changed since it was signed off").first.wait_for()
    page.goto(f"/marketing/campaigns/{reference}/")
    page.get_by_role("button", name="Ask for sign-off").click()
    page.get_by_text("In review").first.wait_for()

    sign(page, sign_in, reference)
    sign_in("marketing")
    page.goto(f"/marketing/campaigns/{reference}/")
    page.get_by_role("button", name="Schedule").click()
    page.get_by_text("Scheduled").first.wait_for()
    assert grave(page) == []
    assert Campaign.objects.get().state == "scheduled"
    assert sorted(SignOff.objects.values_list("state", flat=True)) == ["approved", "void"]


def planned(page, provider, segment):
    """Plan a campaign on its form and give it its message; return its number."""
    page.goto("/marketing/campaigns/new/")
    page.get_by_role("textbox", name="Name*").fill("Spring")
    page.get_by_role("textbox", name="Objective*").fill("More plans")
    page.get_by_role("combobox", name="Segment*").select_option(str(segment.pk))
    page.get_by_role("combobox", name="Provider*").select_option(str(provider.pk))
    starts = timezone.localtime(timezone.now() + timedelta(hours=2))
    page.get_by_label("Starts at").fill(starts.strftime("%Y-%m-%dT%H:%M"))
    assert grave(page) == []
    page.get_by_role("button", name="Save and choose messages").click()
    page.wait_for_url("**/messages/")
    page.get_by_role("combobox", name="Message of variant A*").select_option(label="Spring")
    page.get_by_role("button", name="Messages and shares").click()
    page.get_by_role("button", name="Ask for sign-off").wait_for()
    return Campaign.objects.get().reference


def sign(page, sign_in, reference):
    sign_in("compliance")
    page.goto(f"/marketing/campaigns/{reference}/sign-off/")
    assert grave(page) == []
    page.get_by_role("button", name="Sign off exactly this").click()
    page.get_by_text("Approved").first.wait_for()
