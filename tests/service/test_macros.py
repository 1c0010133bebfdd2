"""Macros: words from a closed list of variables, and what they do to a ticket."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from service.models import Macro
from service.rules.contacts import at_first_contact
from service.rules.tags import read_tags
from service.rules.variables import filled, unknown_variables
from service.services.answers import answer_ticket
from service.services.macros import preview, save_macro
from service.services.ratings import rating_path, ticket_of_token
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.service import QueueFactory, TicketFactory


def test_each_variable_is_put_in_once_and_what_it_holds_is_not_read_again():
    said = filled(
        "Dear {{ customer.name }}, {{ticket.reference}}",
        {"customer.name": "{{ticket.reference}}", "ticket.reference": "T-1"},
    )

    assert said == "Dear {{ticket.reference}}, T-1"


@pytest.mark.parametrize("text", ["{% load x %}", "{{ customer.name", "{ { customer.name } }", "{{{{}}", "100 %"])
def test_what_is_no_mark_stays_as_it_stands(text):
    assert filled(text, {"customer.name": "王"}) == text


def test_unknown_variables_are_named_once_each():
    assert unknown_variables("{{a}} {{ customer.name }} {{a}} {{settings.SECRET_KEY}}") == ["a", "settings.SECRET_KEY"]


@pytest.mark.parametrize(("messages", "reopened", "first"), [(0, 0, True), (1, 0, True), (2, 0, False), (1, 1, False)])
def test_settled_at_the_first_contact(messages, reopened, first):
    assert at_first_contact(messages, reopened) is first


def test_tags_are_read_from_one_line():
    assert read_tags(" VIP, fraud，贷款、vip,,\x00 ") == ["fraud", "vip", "贷款"]


@pytest.mark.django_db
def test_a_macro_with_an_unknown_variable_is_refused_with_a_sentence():
    with pytest.raises(ValidationError, match="no variable customer.balance"):
        save_macro(actor=UserFactory(role="service_lead"), macro=Macro(name="X", text="You have {{customer.balance}}"))


@pytest.mark.django_db
def test_a_macro_speaks_the_tickets_language_and_hides_a_restricted_name():
    macro = Macro(name="X", text="Dear {{customer.name}}", text_hans="尊敬的{{customer.name}}：")
    agent, today = UserFactory(role="service"), date(2026, 11, 25)
    ticket = TicketFactory(customer=PersonFactory(name="王小明"), language="zh-hans")
    closed = TicketFactory(customer=PersonFactory(name="王小明", restricted_at=timezone.now()), language="en")

    assert preview(macro=macro, ticket=ticket, actor=agent, today=today).text == "尊敬的王小明："
    assert "王小明" not in preview(macro=macro, ticket=closed, actor=agent, today=today).text


@pytest.mark.django_db
def test_an_answer_with_a_macro_does_all_that_it_says():
    queue, agent = QueueFactory(), UserFactory(role="service")
    macro = Macro.objects.create(
        name="Escalate", text="Thank you", status="held", priority=1, queue=queue, tags=["vip"]
    )
    ticket = TicketFactory(tags=["card"])

    answer_ticket(actor=agent, ticket_id=ticket.pk, direction="out", text="Thank you", seen=0, at=timezone.now(),
                  macro=macro, status="held", seconds=30)  # fmt: skip

    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.queue, ticket.tags) == ("held", 1, queue, ["card", "vip"])
    assert ticket.seconds_spent == 30


@pytest.mark.django_db
def test_the_page_of_macros_writes_previews_and_refuses(client):
    client.force_login(UserFactory(role="service_lead"))
    assert client.post("/service/macros/new/", {"name": "A", "text": "{{nonsense}}"}).status_code == 422
    sent = {
        "name": "Thanks",
        "text": "Thank you, {{ticket.reference}}",
        "tags": "vip",
        "is_active": "on",
        "status": "resolved",
    }
    assert client.post("/service/macros/new/", sent).status_code == 302
    macro, ticket = Macro.objects.get(), TicketFactory()

    shown = client.get(f"/service/tickets/{ticket.reference}/macros/{macro.pk}/").json()

    assert (shown["text"], shown["status"]) == (f"Thank you, {ticket.reference}", "resolved")
    assert "vip" in shown["changes"]
    assert ticket.messages.count() == 0


# Ratings: one question by a signed link, without signing in.


@pytest.mark.django_db
def test_a_customer_rates_without_signing_in_and_may_think_again(client):
    ticket = TicketFactory(assignee=UserFactory(role="service"), status="resolved")
    path = rating_path(ticket)

    assert client.get(path).status_code == 200
    assert not hasattr(ticket, "rated")
    for rating in (2, 5):
        assert client.post(path, {"rating": rating, "comment": "<b>fast</b>"}).status_code == 200

    ticket.refresh_from_db()
    assert (ticket.rating, ticket.rated.rating, ticket.rated.comment) == (5, 5, "<b>fast</b>")
    assert ticket.rated.agent == ticket.assignee


@pytest.mark.django_db
@pytest.mark.parametrize("rating", ["0", "6", "", "x", "5.5"])
def test_what_is_none_of_the_five_is_refused(client, rating):
    ticket = TicketFactory()

    assert client.post(rating_path(ticket), {"rating": rating}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.rating is None


@pytest.mark.django_db
def test_a_link_that_is_not_ours_or_too_old_opens_nothing(client, monkeypatch):
    path = rating_path(TicketFactory())
    assert client.get(path[:-3] + "xx/").status_code == 404
    assert ticket_of_token("x" * 3_000) is None
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 31 * 86_400)

    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_a_rating_of_a_merged_ticket_is_of_the_one_that_goes_on(client):
    target = TicketFactory()
    gone = TicketFactory(merged_into=target)

    client.post(rating_path(gone), {"rating": 4})

    target.refresh_from_db()
    assert target.rating == 4
