"""Many tickets at once, calls by one key, the file of the list, the palette."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from customers.models import Interaction
from service.exports import tickets_export
from service.models import Ticket, TicketMessage
from service.palette import find_tickets
from staff.models import Job
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, MessageFactory, QueueFactory, TicketFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/tickets/"


@pytest.fixture
def lead(client):
    lead = UserFactory(role="service_lead")
    client.force_login(lead)
    return lead


@pytest.fixture
def clerk(client):
    clerk = UserFactory(role="service")
    client.force_login(clerk)
    return clerk


def bulk(client, tickets, **sent):
    return client.post("/service/tickets/bulk/", {"ids": [one.pk for one in tickets], **sent})


def test_a_dry_run_says_what_would_happen_and_does_nothing(client, lead):
    agent = AgentFactory()
    tickets = [
        TicketFactory(),
        TicketFactory(),
        TicketFactory(assignee=agent.user, priority=1, tags=["vip"], status="open"),
    ]
    events = Event.objects.count()
    wish = {"assignee": agent.user_id, "priority": 1, "tags": "VIP", "status": "open"}

    outcome = bulk(client, tickets, step="try", **wish).context["outcome"]

    assert (len(outcome.changed), len(outcome.same), outcome.refused) == (2, 1, [])
    assert Ticket.objects.filter(assignee=agent.user).count() == 1
    assert Event.objects.count() == events

    bulk(client, tickets, step="do", **wish)
    assert Ticket.objects.filter(assignee=agent.user, priority=1, tags=["vip"], status="open").count() == 3


def test_what_one_ticket_refuses_does_not_hinder_the_others(client, clerk):
    free, taken = TicketFactory(), TicketFactory(assignee=UserFactory(role="service"))

    outcome = bulk(client, [free, taken], step="try", assignee=clerk.pk).context["outcome"]

    assert outcome.changed == [free]
    assert [ticket for ticket, _why in outcome.refused] == [taken]


def test_all_that_match_are_changed_and_nothing_out_of_reach(client):
    client.force_login(UserFactory(role="service", regions=["浙江"]))
    here = TicketFactory(customer=PersonFactory(region="浙江"), region="浙江", subject="Card lost")
    there = TicketFactory(customer=PersonFactory(region="湖北"), region="湖北", subject="Card lost")

    client.post("/service/tickets/bulk/", {"all": "1", "query": "q=card", "step": "do", "priority": 1})
    bulk(client, [there], step="do", priority=1)

    here.refresh_from_db(), there.refresh_from_db()
    assert (here.priority, there.priority) == (1, 3)


def test_nothing_chosen_and_nothing_wished_are_answered_with_a_sentence(client, lead):
    assert b"Choose 1 to" in client.post("/service/tickets/bulk/", {}, follow=True).content
    assert bulk(client, [TicketFactory()], step="try").status_code == 422


def test_a_call_that_was_settled_stands_in_the_timeline_and_counts_as_first_contact(client, clerk):
    customer = PersonFactory()
    customer.refresh_from_db()
    address = f"/service/calls/new/?customer={customer.reference}"
    shown = client.get(address).content.decode()
    sent = {
        "customer": customer.reference,
        "subject": "Asked for the rate",
        "text": "",
        "kind": "question",
        "outcome": "resolved",
    }

    answer = client.post(address, sent)

    ticket = Ticket.objects.get()
    assert f'value="{customer.reference}"' in shown
    assert answer["Location"] == f"/customers/{customer.reference}/"
    assert (ticket.status, ticket.first_contact, ticket.assignee, ticket.channel) == ("resolved", True, clerk, "phone")
    contact = Interaction.objects.get()
    assert (contact.kind, contact.title, contact.customer) == ("call", "Asked for the rate", customer)


def test_a_call_that_goes_on_waits_in_its_queue(client, clerk):
    customer, queue = PersonFactory(), QueueFactory()
    customer.refresh_from_db()
    agent = AgentFactory(queues=[queue])
    sent = {"customer": customer.reference, "subject": "Card lost", "text": "Since yesterday", "kind": "problem",
            "outcome": "ticket", "queue": queue.pk}  # fmt: skip

    client.post("/service/calls/new/", sent)

    ticket = Ticket.objects.get()
    assert (ticket.queue, ticket.assignee, ticket.status) == (queue, agent.user, "open")
    assert ticket.messages.get().direction == "in"


def test_a_customers_page_opens_the_form_of_a_call_by_a_key(client, clerk):
    customer = PersonFactory()
    customer.refresh_from_db()

    assert 'data-aside data-page-key="l"' in client.get(f"/customers/{customer.reference}/").content.decode()


def test_the_file_holds_what_the_list_shows_and_no_restricted_customer(client, lead):
    TicketFactory(subject="Ring 13800138000", customer=PersonFactory())
    TicketFactory(subject="Hidden", customer=PersonFactory(restricted_at=timezone.now()))
    TicketFactory(subject="Other", status="closed", closed_at=timezone.now())

    export = tickets_export(lead, {"query": "state=open"})
    text = io.StringIO()
    csv.writer(text).writerows(export.rows)

    assert export.total == 1
    assert "13800138000" not in text.getvalue()
    assert "Hidden" not in text.getvalue()


def test_the_list_is_asked_for_as_a_file(client, lead):
    assert client.post("/service/tickets/export/", {"query": "state=open", "format": "csv"}).status_code == 302
    assert Job.objects.get().kind == "service.tickets"


def test_the_palette_finds_tickets_that_the_person_sees():
    ticket = TicketFactory(subject="我的汇款在哪里", customer=PersonFactory(region="湖北"), region="湖北")

    assert [hit.detail for hit in find_tickets(UserFactory(role="service"), "汇款", 5)] == [ticket.reference]
    assert not find_tickets(UserFactory(role="service", regions=["浙江"]), "汇款", 5)


def test_the_api_opens_reads_and_answers_a_ticket(client, clerk):
    customer = PersonFactory()
    customer.refresh_from_db()
    sent = {"channel": "community", "subject": "Card lost", "text": "Call 13800138000", "customer": customer.reference,
            "source": "forum", "external_id": "77"}  # fmt: skip

    made = [client.post(API, sent, content_type="application/json") for _turn in range(2)]

    assert [one.status_code for one in made] == [201, 201]
    assert Ticket.objects.count() == TicketMessage.objects.count() == 1
    reference = made[0].json()["reference"]
    messages = client.get(f"{API}{reference}/messages/").json()
    assert "13800138000" not in messages[0]["text"]
    stale = client.post(f"{API}{reference}/answer/", {"text": "Soon", "seen": 0}, content_type="application/json")
    assert stale.status_code == 400
    fresh = {"text": "Soon", "seen": int(messages[0]["id"]), "status": "waiting"}
    assert client.post(f"{API}{reference}/answer/", fresh, content_type="application/json").status_code == 201
    assert client.get(f"{API}{reference}/").json()["status"] == "waiting"
    assert (
        client.post(f"{API}{reference}/status/", {"status": "resolved"}, content_type="application/json").status_code
        == 200
    )
    assert client.get(API, {"state": "ended"}).json()["results"][0]["reference"] == reference


def test_the_api_does_not_know_tickets_of_other_regions(client):
    client.force_login(UserFactory(role="service", regions=["浙江"]))
    ticket = TicketFactory(customer=PersonFactory(region="湖北"), region="湖北")

    assert client.get(f"{API}{ticket.reference}/").status_code == 404
    assert client.get(API).json()["results"] == []


def test_the_list_of_the_api_costs_the_same_for_any_number(client, clerk):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(API).status_code == 200
        return len(asked)

    def one():
        MessageFactory(ticket=TicketFactory(customer=PersonFactory(), queue=QueueFactory(), assignee=UserFactory()))

    one()
    queries()
    first = queries()
    one(), one()

    assert queries() == first
