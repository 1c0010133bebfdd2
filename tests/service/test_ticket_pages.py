"""The list of tickets, a ticket's page, and answering from it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from pages.actions import Action
from service import registries
from service.filters.tickets import TicketFilter
from service.models import Ticket, TicketMessage
from service.services.answers import CameInBetween, answer_ticket
from service.services.messages import AFTER_ANSWER, LONGEST, add_message
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, MessageFactory, QueueFactory, TicketFactory
from tests.service.test_chats import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    clerk = UserFactory(role="service")
    client.force_login(clerk)
    return clerk


@pytest.fixture(autouse=True)
def lists():
    """What a test registers is gone after it."""
    known = [registries.SIDES, registries.ACTIONS, registries.REMARKS, registries.PILLS, registries.COLUMNS]
    known += [registries.FILTERS, registries.BOXES, AFTER_ANSWER]
    before = [list(one) for one in known]
    yield
    for one, entries in zip(known, before, strict=True):
        one[:] = entries


def page(client, ticket, **query):
    answer = client.get(f"/service/tickets/{ticket.reference}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, ticket, text="Soon.", seen=0, direction="out", status=""):
    sent = {"text": text, "seen": seen, "direction": direction, "status": status}
    return client.post(f"/service/tickets/{ticket.reference}/", sent)


def listed(client, query=""):
    shown = client.get(f"/service/tickets/?{query}").content.decode()
    return re.findall(r'data-href="/service/tickets/(T-\d+)/"', shown)


def test_the_views_show_mine_the_free_and_what_breaches_soon(client, clerk):
    now = timezone.now()
    mine = TicketFactory(assignee=clerk, due_at=now + timedelta(hours=30))
    free = TicketFactory(due_at=now + timedelta(hours=2))
    late = TicketFactory(assignee=UserFactory(), due_at=now - timedelta(hours=1))
    done = TicketFactory(assignee=clerk, status="resolved", resolved_at=now)

    assert listed(client, "state=open&assignee=me") == [mine.reference]
    assert listed(client, "state=open&assignee=none") == [free.reference]
    assert listed(client, "due=soon") == [free.reference]
    assert listed(client, "due=breached") == [late.reference]
    assert listed(client, "state=ended") == [done.reference]
    assert listed(client, "state=open") == [late.reference, free.reference, mine.reference]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=transfer", 1),
        ("q=TRANS", 1),
        ("q=汇款", 1),
        ("q=refund", 0),
        ("tag=vip", 1),
        ("queue=none", 1),
        ("queue=q1", 1),
    ],
)
def test_tickets_are_found_by_words_tags_and_queue(client, clerk, query, found):
    TicketFactory(subject="Where is my transfer", tags=["vip"], queue=QueueFactory(code="q1"))
    TicketFactory(subject="我的汇款在哪里")

    assert len(listed(client, query)) == found


def test_a_ticket_is_found_by_its_number_and_by_its_customers(client, clerk):
    customer = PersonFactory()
    customer.refresh_from_db()
    ticket, other = TicketFactory(customer=customer), TicketFactory()

    assert listed(client, f"q={other.reference.lower()}") == [other.reference]
    assert listed(client, f"q={customer.reference}") == [ticket.reference]


@pytest.mark.parametrize("text", ["\x00", "' OR 1=1 --", "😀", "a" * 300, "\u202e\u202e", "&&|!:*"])
def test_an_ugly_search_is_answered(client, clerk, text):
    TicketFactory()

    assert client.get("/service/tickets/", {"q": text}).status_code == 200


def test_what_describes_the_class_of_a_filter_takes_no_choice_from_a_list(client, clerk):
    mine, _other = TicketFactory(assignee=clerk), TicketFactory()
    assert list(TicketFilter.base_filters["assignee"].field.choices) == []  # as the description of the API reads it

    assert listed(client, "assignee=me") == [mine.reference]


def test_what_more_tickets_say_than_are_counted_is_walked_in_order_and_what_is_rare_is_gathered(client, clerk):
    now = timezone.now()
    Ticket.objects.bulk_create(
        Ticket(channel="phone", subject=f"Tax office {n}", opened_at=now - timedelta(hours=n)) for n in range(1, 1_003)
    )
    newest, rare = TicketFactory(subject="The tax office asks"), TicketFactory(subject="Card lost")

    with CaptureQueriesContext(connection) as often:
        found = listed(client, "q=tax+office")
    with CaptureQueriesContext(connection) as seldom:
        assert listed(client, "q=card") == [rare.reference]

    assert (found[0], len(found), rare.reference in found) == (newest.reference, 50, False)
    walked = ["enable_bitmapscan = off" in " ".join(one["sql"] for one in asked) for asked in (often, seldom)]
    assert walked == [True, False]
    assert connection.cursor().execute("SHOW enable_bitmapscan").fetchone()[0] == "on"


@pytest.mark.parametrize("address", ["/service/tickets/", "/service/tickets/?state=open"])
def test_the_list_costs_the_same_for_any_number_of_rows(client, clerk, address):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    def one():
        return TicketFactory(customer=PersonFactory(), queue=QueueFactory(), assignee=UserFactory())

    one()
    queries()
    first = queries()
    one(), one()

    assert queries() == first


def test_the_page_costs_the_same_for_any_number_of_messages(client, clerk):
    ticket = TicketFactory(customer=PersonFactory())
    MessageFactory(ticket=ticket, author=UserFactory())

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page(client, ticket)
        return len(asked)

    queries()
    first = queries()
    MessageFactory.create_batch(2, ticket=ticket, author=UserFactory())
    TicketFactory.create_batch(2, customer=ticket.customer)

    assert queries() <= first + 0


def test_reading_a_customers_words_is_in_the_log(client, clerk):
    ticket = TicketFactory(customer=PersonFactory())

    page(client, ticket)

    event = Event.objects.get(action="customers.customer.opened")
    assert event.pk_text == str(ticket.customer_id)


def test_an_answer_stands_in_the_thread_and_opens_the_ticket(client, clerk):
    ticket = TicketFactory()

    post(client, ticket, "Your money is on its way.", status="waiting")

    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.get().author) == ("waiting", clerk)
    assert "Your money is on its way." in page(client, ticket)


def test_a_note_is_marked_as_internal_and_is_no_answer(client, clerk):
    ticket = TicketFactory()

    post(client, ticket, "Sounds tense", direction="note")

    ticket.refresh_from_db()
    assert ticket.first_answered_at is None
    assert "is-note" in page(client, ticket)


def test_an_answer_that_crossed_a_message_comes_back_with_it_and_with_what_was_typed(client, clerk):
    ticket = TicketFactory()
    first = MessageFactory(ticket=ticket)
    MessageFactory(ticket=ticket, text="It has arrived, thank you!")

    answer = post(client, ticket, "I will look for it.", seen=first.pk)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "wrote while you were typing" in shown
    assert "It has arrived, thank you!" in shown
    assert "I will look for it.</textarea>" in shown
    assert TicketMessage.objects.filter(direction="out").count() == 0
    seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
    assert post(client, ticket, "Glad to hear it.", seen=seen).status_code == 302


def test_hostile_words_are_shown_as_words(client, clerk):
    ticket = TicketFactory(subject="<script>alert(1)</script>", customer=PersonFactory(name="مرحبا 😀 \u202eevil"))
    add_message(
        actor=None, ticket_id=ticket.pk, direction="in", text="<img src=x onerror=alert(2)>\x00", at=timezone.now()
    )

    shown = page(client, ticket)

    assert "<script>alert(1)" not in shown
    assert "<img src=x" not in shown
    assert "&lt;img src=x onerror=alert(2)&gt;" in shown


@pytest.mark.parametrize(("length", "status"), [(LONGEST, 302), (LONGEST + 1, 422)])
def test_a_message_of_100_000_signs_is_taken_and_one_more_is_not(client, clerk, length, status):
    ticket = TicketFactory()

    answer = post(client, ticket, "字" * length)

    assert answer.status_code == status
    assert ticket.messages.count() == (status == 302)
    if status == 422:
        assert "100,001" in answer.content.decode() or "100001" in answer.content.decode()


def test_numbers_in_what_customers_write_are_masked(client, clerk):
    ticket = TicketFactory(customer=PersonFactory(), subject="Call me at 13800138000")
    MessageFactory(ticket=ticket, text="My card is 6222021234567890123")

    shown = page(client, ticket)

    assert "13800138000" not in shown
    assert "6222021234567890123" not in shown


def test_a_ticket_of_another_region_is_not_there(client):
    client.force_login(UserFactory(role="service", regions=["浙江"]))
    ticket = TicketFactory(customer=PersonFactory(region="湖北"), region="湖北")

    assert client.get(f"/service/tickets/{ticket.reference}/").status_code == 404
    assert listed(client) == []


def test_unlinked_tickets_are_of_those_who_work_in_their_queue():
    mine, other = QueueFactory(), QueueFactory()
    agent = AgentFactory(user=UserFactory(role="service", regions=["浙江"]), queues=[mine])
    here, free = TicketFactory(queue=mine), TicketFactory()
    TicketFactory(queue=other)

    assert set(Ticket.objects.visible_to(agent.user)) == {here, free}


def test_a_clerk_takes_what_is_free_and_not_what_somebody_has(client, clerk):
    free, taken = TicketFactory(), TicketFactory(assignee=UserFactory(role="service"))

    for ticket in (free, taken):
        client.post(f"/service/tickets/{ticket.reference}/take/")

    free.refresh_from_db(), taken.refresh_from_db()
    assert (free.assignee, free.status) == (clerk, "open")
    assert taken.assignee != clerk


def test_a_lead_gives_tickets_to_others_and_tags_are_tidied(client):
    client.force_login(UserFactory(role="service_lead"))
    ticket, agent, queue = TicketFactory(), AgentFactory(), QueueFactory()
    sent = {
        "assignee": agent.user_id,
        "queue": queue.pk,
        "priority": 1,
        "kind": "problem",
        "tags": "VIP，fraud, vip",
        "line": "",
    }

    assert client.post(f"/service/tickets/{ticket.reference}/change/", sent).status_code == 302

    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.queue, ticket.priority, ticket.tags) == (agent.user, queue, 1, ["fraud", "vip"])


def test_a_new_ticket_from_a_customers_page_is_theirs(client, clerk):
    customer = PersonFactory(region="浙江")
    customer.refresh_from_db()
    form = client.get(f"/service/tickets/new/?customer={customer.reference}").content.decode()
    sent = {"customer": customer.reference, "channel": "phone", "kind": "question", "subject": "Card lost", "priority": 2,
            "text": "I lost my card", "is_mine": "on"}  # fmt: skip

    client.post("/service/tickets/new/", sent)

    ticket = Ticket.objects.get()
    assert f'value="{customer.reference}"' in form
    assert (ticket.customer, ticket.region, ticket.assignee, ticket.status) == (customer, "浙江", clerk, "open")
    assert ticket.messages.get().text == "I lost my card"
    shown = client.get(f"/customers/{customer.reference}/").content.decode()
    assert "Card lost" in shown
    assert ticket.reference in client.get(f"/service/customers/{customer.reference}/tickets/").content.decode()


def test_a_customer_out_of_reach_gets_no_ticket(client):
    client.force_login(UserFactory(role="service", regions=["浙江"]))
    customer = PersonFactory(region="湖北")
    customer.refresh_from_db()
    sent = {"customer": customer.reference, "channel": "phone", "kind": "question", "subject": "Card", "priority": 2}

    assert client.post("/service/tickets/new/", sent).status_code == 422
    assert not Ticket.objects.exists()


def test_other_rooms_add_panels_actions_pills_remarks_columns_and_filters(client, clerk):
    import django_filters

    from pages.columns import Column

    registries.register_side(
        registries.SidePanel("x", "Side X", lambda u, t: {"facts": [("A", "fact")]}, "customers/facts_panel.html")
    )
    registries.register_actions(registries.TicketActions("x", lambda u, t: [Action("Do X", "/x/")]))
    registries.register_pills(registries.Pills("x", lambda u, t: [("Pill X", "red")]))
    registries.register_remarks(registries.Remarks("x", lambda u, t, m: {one.pk: [("Remark X", "green")] for one in m}))
    registries.register_columns(registries.ListColumns("x", lambda u: [Column("x", "Column X", lambda row: "cell x")]))
    registries.register_filter(
        registries.ListFilter(
            "vip", lambda: django_filters.BooleanFilter(field_name="reopened", lookup_expr="gt", label="Vip")
        )
    )
    ticket = MessageFactory().ticket

    shown = page(client, ticket)

    assert all(text in shown for text in ("Side X", "fact", "Do X", "Pill X", "Remark X"))
    assert "cell x" in client.get("/service/tickets/").content.decode()
    with pytest.raises(ValueError, match="already"):
        registries.register_pills(registries.Pills("x", lambda u, t: []))


def test_what_delivers_an_answer_is_told_of_answers_alone(client, clerk):
    told = []
    AFTER_ANSWER.append(lambda ticket, message: told.append((ticket, message.direction)))
    ticket = TicketFactory()

    post(client, ticket, "A note", direction="note")
    post(client, ticket, "An answer")

    assert told == [(ticket, "out")]


def test_somebody_of_marketing_sees_no_ticket(client):
    client.force_login(UserFactory(role="marketing"))

    assert client.get("/service/tickets/").status_code == 403
    assert client.get(f"/service/tickets/{TicketFactory().reference}/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_four_agents_who_answer_at_the_same_moment_one_is_sent_and_three_are_told():
    ticket = TicketFactory()
    seen = MessageFactory(ticket=ticket).pk
    agents = UserFactory.create_batch(4, role="service")

    answers = at_once(
        lambda agent: answer_ticket(
            actor=agent, ticket_id=ticket.pk, direction="out", text=f"From {agent}", seen=seen, at=timezone.now(),
            status="waiting",
        ),
        *agents,
    )  # fmt: skip

    sent = [one for one in answers if isinstance(one, TicketMessage)]
    assert (len(sent), sum(isinstance(one, CameInBetween) for one in answers)) == (1, 3)
    assert list(ticket.messages.filter(direction="out")) == sent
