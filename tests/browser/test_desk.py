"""A ticket in a real browser: answered with a macro by the keyboard, resolved, rated by its customer; and two who answer at once."""

import pytest

from service.models import Macro
from service.services.ratings import rating_path
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, MessageFactory, TicketFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def ticket(site):
    return MessageFactory(ticket=TicketFactory(customer=PersonFactory(name="王小明"), language="en")).ticket


def test_a_ticket_is_answered_with_a_macro_resolved_and_rated(page, sign_in, ticket):
    Macro.objects.create(
        name="Settled",
        text="Dear {{customer.name}}, {{ticket.reference}} is settled.",
        status="resolved",
        tags=["done"],
    )
    clerk = sign_in("service")
    AgentFactory(user=clerk)
    page.goto(f"/service/tickets/{ticket.reference}/")

    page.keyboard.press("t")
    page.locator(".facts", has_text=str(clerk)).wait_for()
    page.select_option("#id_macro", label="Settled")
    page.locator("#macro-changes", has_text="done").wait_for()
    assert page.input_value("#id_text") == f"Dear 王小明, {ticket.reference} is settled."
    assert page.input_value("#id_status") == "resolved"
    page.keyboard.press("Control+Enter")
    page.locator(".said.is-ours", has_text="is settled").wait_for()

    ticket.refresh_from_db()
    assert (ticket.status, ticket.tags) == ("resolved", ["done"])
    page.context.clear_cookies()
    page.goto(rating_path(ticket))
    page.check("input[name=rating][value='5']")
    page.fill("#id_comment", "谢谢 😀")
    page.click("button:has-text('Send')")
    page.locator("h1", has_text="Thank you").wait_for()
    ticket.refresh_from_db()
    assert (ticket.rating, ticket.rated.comment) == (5, "谢谢 😀")


def test_what_was_typed_beside_a_new_message_is_kept_and_sent_after_reading(page, sign_in, ticket):
    sign_in("service")
    page.goto(f"/service/tickets/{ticket.reference}/")
    page.fill("#id_text", "I will look for it.")
    MessageFactory(ticket=ticket, text="It has arrived!")

    page.complaints.clear()
    page.keyboard.press("Control+Enter")
    page.locator(".said.is-new", has_text="It has arrived!").wait_for()
    page.complaints.clear()  # the browser reports the status 422 of the page

    assert page.input_value("#id_text") == "I will look for it."
    page.fill("#id_text", "Glad to hear it.")
    page.focus("#id_text")
    page.keyboard.press("Control+Enter")
    page.locator(".said.is-ours", has_text="Glad to hear it.").wait_for()
    assert ticket.messages.filter(direction="out").count() == 1


def test_what_was_typed_and_not_sent_is_offered_again(page, sign_in, ticket):
    sign_in("service")
    page.goto(f"/service/tickets/{ticket.reference}/")
    page.fill("#id_text", "Half an answ")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/service/")
    page.goto(f"/service/tickets/{ticket.reference}/")

    page.click("[data-draft-restore]")

    assert page.input_value("#id_text") == "Half an answ"
