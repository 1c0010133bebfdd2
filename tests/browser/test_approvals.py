"""The way of a change: one person asks on a page, another one agrees by keys, and it is carried out."""

import pytest

from config.celery import app
from staff.models import ChangeRequest, User
from tests.browser.test_axe import grave
from tests.factories import UserFactory
from tests.factories.changes import promotion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_second_factor(settings, monkeypatch):
    settings.MFA_REQUIRED_ROLES = []
    monkeypatch.setitem(app.conf, "task_always_eager", True)  # no worker in tests: the server does it at once


def test_a_role_is_asked_for_approved_by_keys_and_given(page, sign_in):
    person = UserFactory(role="service", full_name="Lin Xiaoyu")
    sign_in("administrator", full_name="Grace Liu")
    page.goto(f"/staff/people/{person.pk}/change/")
    page.get_by_label("Risk", exact=True).check()
    page.get_by_role("textbox", name="Why", exact=True).fill("Moves to the risk office")
    page.get_by_role("button", name="Save, and ask for approval").click()
    page.get_by_text("Waiting for approval by").first.wait_for()
    assert page.get_by_role("button", name="Approve").count() == 0, "a maker is offered to approve"

    sign_in("compliance", full_name="Li Na")
    page.goto("/")
    page.get_by_text("Waiting for my approval").wait_for()
    page.goto("/staff/changes/")
    page.locator("#change-count", has_text="1").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_url("**/?act=a")
    page.get_by_role("cell", name="Customer service, Risk").wait_for()
    assert grave(page) == []
    page.keyboard.press("Enter")
    page.get_by_text("Carried out").first.wait_for()

    assert User.objects.get(pk=person.pk).roles == {"service", "risk"}
    assert ChangeRequest.objects.get().approvals.get().checker.full_name == "Li Na"


def test_a_refusal_asks_for_a_comment_first(page, sign_in):
    request = promotion(UserFactory(role="administrator"), UserFactory(role="service"))
    sign_in("compliance")
    page.goto("/staff/changes/")
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url("**/?act=r")
    page.keyboard.type("Not before the training")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Not before the training").first.wait_for()

    assert ChangeRequest.objects.get(pk=request.pk).state == "refused"


def test_nobody_approves_their_own_by_sending_the_form_by_hand(page, sign_in):
    maker = sign_in("administrator", "compliance")
    request = promotion(maker, UserFactory(role="service"))
    page.goto(f"/staff/changes/{request.pk}/")

    status = page.evaluate(
        """async (path) => {
            const headers = JSON.parse(document.body.getAttribute("hx-headers"));
            const answer = await fetch(path, {method: "POST", headers});
            return [answer.status, await answer.text()];
        }""",
        f"/staff/changes/{request.pk}/approve/",
    )

    assert "You asked for this yourself" in status[1]
    assert ChangeRequest.objects.get(pk=request.pk).state == "pending"
