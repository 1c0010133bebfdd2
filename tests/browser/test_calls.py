"""A call from the first ring to the next one, with the keyboard alone."""

from datetime import date

import pytest

from customers.models import CallerVerification, Interaction, Reveal
from tests.factories.customers import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def callers(site):
    """Two people of one surname, and one whose number ends like the first one's."""
    one = PersonFactory(
        name="欧阳明月", phone="+8613912345678", birth_date=date(1980, 2, 29), identity_number="11010519800229002X"
    )
    PersonFactory(name="欧阳清风", phone="+8613900001111")
    PersonFactory(name="王明", phone="+8613912345678")
    return one, PersonFactory(name="李雷", phone="+8613700002222")


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def find(page, text, customer):
    """From wherever one is: the palette, the text, Enter."""
    keys(page, "Control+k")
    page.locator("#palette input").wait_for()
    page.keyboard.type(text)
    page.locator(f"#palette [data-href='/customers/{customer.reference}/'][aria-selected=true]").wait_for()
    keys(page, "Enter")
    page.wait_for_url(f"**/customers/{customer.reference}/")


def answer(page, said):
    """`v` goes to the next question; what the caller says, Enter."""
    keys(page, "v")
    page.keyboard.type(said)
    keys(page, "Enter")


def test_a_caller_is_found_verified_told_and_logged_and_the_next_one_comes_up(page, sign_in, callers):
    caller, following = callers
    clerk = sign_in("service")
    page.goto("/customers/")

    find(page, "欧阳 5678", caller)
    answer(page, "29.2.1980")
    page.locator("#caller", has_text="2 of 4 points").wait_for()
    answer(page, "002X")
    page.locator("#caller", has_text="Verified").wait_for()

    keys(page, "e", "Enter")
    page.locator("#reveal[open]").wait_for()
    keys(page, "T")  # "The customer is on the phone or here"
    keys(page, "Tab", "Enter")
    page.locator(".masked.is-open", has_text="+8613912345678").wait_for()

    keys(page, "c")
    page.wait_for_url("**/contact/")
    page.keyboard.type("Asked where the transfer is")
    keys(page, "Control+Enter")
    page.wait_for_url(f"**/customers/{caller.reference}/")
    page.get_by_text("Asked where the transfer is").first.wait_for()

    find(page, "李2222", following)
    assert Interaction.objects.get().author == clerk
    assert (Reveal.objects.get().field, Reveal.objects.get().reason_kind) == ("phone", "call")
    assert CallerVerification.objects.get().state == "passed"


def test_a_caller_is_found_in_the_list_and_opened_without_the_mouse(page, sign_in, callers):
    caller, _following = callers
    sign_in("service")
    page.goto("/customers/")
    keys(page, "/")
    page.keyboard.type("欧阳 5678")
    page.wait_for_url("**/customers/?q=*")
    keys(page, "ArrowDown", "Enter")

    page.wait_for_url(f"**/customers/{caller.reference}/")
