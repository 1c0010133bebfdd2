"""The log as compliance meets it: finding who looked, a record's history, a number explained, a page printed."""

import pytest

from audit.models import Event
from customers.models import Customer
from tests.browser.company import found_company
from tests.factories import UserFactory
from tests.factories.audit import event
from tests.factories.customers import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


def test_who_looked_at_a_customer_this_month_is_found_by_hand(page, sign_in, site):
    sign_in("compliance")
    nosy, customer = UserFactory(full_name="Nora Nosy"), Customer.objects.get(pk=PersonFactory().pk)
    for of in (customer, PersonFactory()):
        event("read", by=nosy.pk, table="customers_customer", pk=of.pk, reason="Complaint 7")

    page.goto("/audit/")
    page.get_by_role("link", name="Who looked at a customer").click()
    page.locator("label", has_text="Record").locator("input[name=record]").fill(customer.reference)
    page.keyboard.press("Enter")
    page.locator("summary", has_text="When").click()
    page.get_by_role("button", name="This month").click()
    page.locator(".chip", has_text="When from").wait_for()
    page.locator("[role=status]", has_text="1 row").wait_for()

    row = page.locator("table[data-list] tbody tr")
    assert row.count() == 1
    assert "Nora Nosy" in row.inner_text()
    assert "Complaint 7" in row.inner_text()
    assert f"record={customer.reference}" in page.url


def test_a_number_is_explained_beside_the_page(page, sign_in, site):
    sign_in("compliance")
    company = found_company(UserFactory(role="risk"))
    page.goto(f"/customers/{company.customer.reference}/")

    page.get_by_role("link", name="Explain: Balance").focus()
    page.keyboard.press("Enter")
    page.locator("#preview h1", has_text="Balance").wait_for()
    assert page.locator("#preview").get_by_role("link", name=company.account.number).count() == 0
    assert page.locator("#preview dt", has_text=company.account.number).is_visible()
    assert page.locator("#preview").get_by_role("link", name=f"Nightly run {company.nightly.pk}").is_visible()
    page.keyboard.press("Escape")

    assert page.locator("#preview").is_hidden()
    assert page.url.endswith(f"/customers/{company.customer.reference}/")


def test_the_history_of_a_record_comes_when_it_is_looked_at(page, sign_in, site):
    sign_in("compliance", "risk")
    company = found_company(UserFactory(role="risk", full_name="Olga Owner"))

    page.goto(f"/risk/alerts/{company.alert.pk}/")
    page.mouse.wheel(0, 3000)
    page.locator("#history .tl li").first.wait_for()

    assert page.locator("#history").get_by_role("link", name="Who looked").is_visible()


def test_printing_a_page_is_in_the_log(page, sign_in, site):
    person = sign_in("service")
    customer = Customer.objects.get(pk=PersonFactory().pk)
    page.goto(f"/customers/{customer.reference}/")
    page.evaluate("() => { window.print = () => dispatchEvent(new Event('beforeprint')); }")

    with page.expect_response("**/audit/printed/") as answer:
        page.locator("summary[aria-label='My account']").click()
        page.get_by_role("button", name="Print this page").click()

    assert answer.value.status == 204
    printed = Event.objects.get(action="pages.page.printed")
    assert (printed.pk_text, printed.actor_id) == (str(customer.pk), person.pk)
