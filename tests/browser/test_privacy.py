"""Revealing one value, and a request for deletion from the telephone to the erased customer, as people do them."""

import pytest
from django.utils import timezone

from customers.models import Customer, Erasure, PrivacyRequest, PrivacyRule, Reveal
from staff.models import ChangeRequest
from staff.services.changes import approve, execute_approved
from tests.factories import UserFactory
from tests.factories.customers import CallerVerificationFactory, PersonFactory
from tests.factories.staff import past_the_guards

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = "+8613912345678"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def customer(site):
    return PersonFactory(name="欧阳明月", phone=PHONE)


def test_a_clerk_reveals_a_telephone_number_and_it_closes_again(page, sign_in, customer):
    page.clock.install()
    CallerVerificationFactory(customer=customer, by=sign_in("service"))
    page.goto(f"/customers/{customer.reference}/")
    eye = page.locator(f"[data-reveal='/customers/{customer.reference}/reveal/phone/']")
    assert PHONE not in page.content()

    eye.click()
    page.get_by_label("What for?").select_option("call")
    page.get_by_label("Reason in words").fill("Wants to know her balance")
    page.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    page.locator(".masked.is-open", has_text=PHONE).wait_for()
    page.clock.fast_forward(31_000)

    assert PHONE not in page.locator("main").inner_text()
    assert Reveal.objects.get().reason == "Wants to know her balance"


def test_over_the_quota_the_dialog_says_so(page, sign_in, customer):
    with past_the_guards():
        PrivacyRule.objects.filter(code="reveals_per_hour").update(value=0)
    CallerVerificationFactory(customer=customer, by=sign_in("service"))
    page.goto(f"/customers/{customer.reference}/")

    page.locator("[data-reveal$='/reveal/email/']").click()
    page.get_by_label("What for?").select_option("check")
    page.get_by_role("dialog").get_by_role("button", name="Reveal").click()

    page.locator("#reveal-problem", has_text="Compliance has been told").wait_for()
    page.complaints.clear()  # the browser logs the 429


def test_a_request_for_deletion_goes_its_whole_way(page, sign_in, customer):
    Customer.objects.filter(pk=customer.pk).update(joined_on="2009-01-01")
    sign_in("service")
    page.goto(f"/customers/{customer.reference}/privacy/")
    page.get_by_role("link", name="Record request").click()
    page.get_by_label("What they ask for").select_option("deletion")
    page.get_by_label("In their words").fill("Please forget me.")
    page.get_by_role("button", name="Record request").click()
    page.get_by_text("Deletion").first.wait_for()

    officer = sign_in("compliance")
    page.goto("/customers/privacy/requests/")
    page.get_by_role("link", name="PR-").first.click()
    page.get_by_role("link", name="Check identity").click()
    page.get_by_role("button", name="Check identity").click()
    page.get_by_role("link", name="Plan erasure…").click()
    page.get_by_text("goes at once").first.wait_for()
    page.locator("main").get_by_label("Reason").fill("They asked for it in writing.")
    page.get_by_role("button", name="Ask for approval").click()
    page.get_by_text("Erase a customer").first.wait_for()
    assert ChangeRequest.objects.get().maker == officer
    assert not Erasure.objects.exists()

    other = UserFactory(role="compliance")
    agree(other)
    page.goto(f"/customers/{customer.reference}/privacy/")
    page.get_by_text("This customer was erased").wait_for()

    assert customer.name not in page.content()
    assert Customer.objects.get(pk=customer.pk).phone is None
    assert PrivacyRequest.objects.get().entries.filter(kind="erased").exists()


def agree(other):
    asked = ChangeRequest.objects.get()
    approve(actor=other, request_id=asked.pk, at=timezone.now())
    assert execute_approved(request_id=asked.pk, at=timezone.now()).state == "executed"
