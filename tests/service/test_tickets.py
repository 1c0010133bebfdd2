from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from service.models import Ticket, TicketMessage
from service.services.messages import LONGEST, add_message
from service.services.tickets import open_ticket, set_status
from tests.factories.customers import PersonFactory
from tests.factories.service import TicketFactory
from tests.factories.staff import UserFactory

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def opened(**more):
    return open_ticket(actor=None, **{"channel": "app", "subject": "Where is my money?", "at": NOW, **more})


def test_a_ticket_has_a_number_and_its_customers_region():
    ticket = opened(customer=PersonFactory(region="Zhejiang"))

    assert ticket.reference.startswith("T-")
    assert ticket.region == "Zhejiang"
    assert Event.objects.filter(table_name="service_ticket", pk_text=str(ticket.pk)).count() == 1


def test_the_same_number_of_a_source_opens_one_ticket():
    first, second = (opened(source="app", external_id="77") for _turn in range(2))

    assert first == second
    assert Ticket.objects.count() == 1


def test_a_ticket_says_what_it_is_about():
    with pytest.raises(ValidationError, match="few words"):
        opened(subject=" \n ")


def test_the_first_answer_is_stamped_once():
    ticket, agent = opened(), UserFactory(role="service")

    for minutes in (5, 9):
        add_message(
            actor=agent, ticket_id=ticket.pk, direction="out", text="Soon.", at=NOW + timedelta(minutes=minutes)
        )

    ticket.refresh_from_db()
    assert (ticket.first_answered_at, ticket.status) == (NOW + timedelta(minutes=5), "open")


def test_a_note_is_no_answer():
    ticket = opened()

    add_message(actor=UserFactory(role="service"), ticket_id=ticket.pk, direction="note", text="Rang back.", at=NOW)

    ticket.refresh_from_db()
    assert (ticket.first_answered_at, ticket.last_message_at) == (None, None)


def test_a_customer_who_writes_again_reopens_what_was_resolved():
    ticket = opened()
    set_status(actor=UserFactory(role="service"), ticket_id=ticket.pk, status="resolved", at=NOW)

    add_message(actor=None, ticket_id=ticket.pk, direction="in", text="Still not there.", at=NOW)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at, ticket.reopened) == ("open", None, 1)


def test_a_message_of_one_number_stands_once():
    ticket = opened()

    for _turn in range(2):
        add_message(actor=None, ticket_id=ticket.pk, direction="in", text="Hello", at=NOW, external_id="m1")

    assert TicketMessage.objects.count() == 1


@pytest.mark.parametrize(("text", "said"), [(" \x00\n", "Write a message"), ("x" * (LONGEST + 1), "at most")])
def test_a_message_that_is_none_is_refused(text, said):
    ticket = opened()

    with pytest.raises(ValidationError, match=said):
        add_message(actor=None, ticket_id=ticket.pk, direction="in", text=text, at=NOW)


def test_a_merged_ticket_takes_no_more_messages():
    gone = TicketFactory(merged_into=TicketFactory())

    with pytest.raises(ValidationError, match="merged into T-"):
        add_message(actor=None, ticket_id=gone.pk, direction="in", text="Hello", at=NOW)


def test_tickets_are_seen_in_regions_and_lines():
    here, there = opened(customer=PersonFactory(region="Zhejiang")), opened(customer=PersonFactory(region="Hubei"))
    nowhere = opened()

    seen = Ticket.objects.visible_to(UserFactory(role="service", regions=["Zhejiang"]))

    assert set(seen) == {here, nowhere}
    assert there not in seen
