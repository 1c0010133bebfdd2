"""Articles beside a ticket, with a mouse and a keyboard: suggested, found, put into the answer; the public page."""

import pytest

from service.models import ArticleUse
from tests.factories.articles import ArticleFactory
from tests.factories.service import TicketFactory

pytestmark = pytest.mark.browser
TEXTS = {
    "en": ("How long a refund takes", "# Refunds\n\nThree **working days**."),
    "zh-hans": ("退款需要多久", "三个工作日。"),
}


def test_an_article_goes_into_the_answer_and_is_counted(page, site, sign_in):
    sign_in("service")
    ArticleFactory(code="refund", audience="public", published=True, texts=TEXTS)
    ticket = TicketFactory(subject="My refund takes so long")
    page.goto(f"/service/tickets/{ticket.reference}/")

    page.fill("textarea[name=text]", "Good morning")
    with page.expect_response(lambda answer: "/use/" in answer.url):
        page.get_by_role("button", name="Text", exact=True).click()

    assert page.input_value("textarea[name=text]").startswith("Good morning\n\nRefunds\n\nThree working days.")
    assert ArticleUse.objects.get().ticket == ticket

    page.fill("#article-find", "nothing like it")
    page.wait_for_selector("text=No article has these words.")


def test_typing_the_subject_of_a_new_ticket_brings_articles(page, site, sign_in):
    sign_in("service")
    ArticleFactory(code="refund", audience="public", published=True, texts=TEXTS)
    page.goto("/service/tickets/new/")

    page.locator("[name=subject]").press_sequentially("A refund")

    page.wait_for_selector("#article-found >> text=How long a refund takes")


def test_a_visitor_reads_and_votes(page, site):
    ArticleFactory(code="refund", audience="public", published=True, texts=TEXTS)
    page.goto("/help/?lang=en")
    page.fill("#q", "refund")
    page.keyboard.press("Enter")
    page.click("text=How long a refund takes")

    assert page.locator("article strong").inner_text() == "working days"
    page.get_by_role("button", name="Yes").click()
    page.wait_for_selector("text=it counts once")
