"""The agent's home, queues and agents, and who else is at a ticket."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from service.filters.tickets import TicketFilter
from service.models import Agent, Queue, Ticket, TicketMerge
from service.registries import BOXES, HomeBox, register_box
from service.services.ratings import rate_ticket
from tests.factories import UserFactory
from tests.factories.complaints import a_complaint
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, MessageFactory, QueueFactory, TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    agent = AgentFactory(is_available=False)
    client.force_login(agent.user)
    return agent


@pytest.fixture
def lead(client):
    lead = UserFactory(role="service_lead")
    client.force_login(lead)
    return lead


def home(client):
    answer = client.get("/service/")
    assert answer.status_code == 200
    return answer


def test_the_home_counts_mine_breached_soon_and_free(client, agent):
    now = timezone.now()
    TicketFactory(assignee=agent.user, due_at=now + timedelta(days=2))
    TicketFactory(assignee=agent.user, due_at=now - timedelta(hours=1))
    TicketFactory(due_at=now + timedelta(hours=1))
    TicketFactory(status="closed", closed_at=now, due_at=now - timedelta(hours=1))

    counted = {str(box.label): str(box.figure) for box in home(client).context["boxes"]}

    assert {name: counted[name] for name in ("Mine", "Breached", "Breaching soon", "Unassigned")} == {
        "Mine": "2", "Breached": "1", "Breaching soon": "1", "Unassigned": "1",
    }  # fmt: skip


def test_the_home_costs_the_same_for_any_number_of_tickets(client, agent):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            home(client)
        return len(asked)

    TicketFactory(assignee=agent.user, customer=PersonFactory(), queue=QueueFactory())
    queries()
    first = queries()
    for _turn in range(2):
        TicketFactory(assignee=agent.user, customer=PersonFactory(), queue=QueueFactory())

    assert queries() == first


def test_the_home_says_what_customers_thought(client, agent):
    for rating in (3, 4):
        ticket = TicketFactory(assignee=agent.user)
        rate_ticket(ticket_id=ticket.pk, rating=rating, comment="", at=timezone.now())

    assert home(client).context["ratings"]["mean"] == 3.5


def test_other_rooms_put_boxes_on_the_home(client, agent):
    before = list(BOXES)
    register_box(HomeBox("x", "Chats waiting", lambda user: "/x/", lambda user, at: 7, tone="amber"))
    try:
        assert b"Chats waiting" in home(client).content
    finally:
        BOXES[:] = before


def test_an_agent_comes_and_goes(client, agent):
    client.post("/service/availability/", {"available": "on"})
    assert Agent.objects.get(pk=agent.pk).is_available

    client.post("/service/availability/", {})
    assert not Agent.objects.get(pk=agent.pk).is_available


def test_somebody_who_is_no_agent_is_told_so(client, lead):
    answer = client.post("/service/availability/", {"available": "on"}, follow=True)

    assert b"not among the agents" in answer.content


def test_a_lead_makes_queues_and_agents(client, lead):
    person = UserFactory(role="service")
    client.post(
        "/service/queues/new/",
        {"code": "cards", "name": "Cards", "skills": "Cards, cards", "assignment": "load", "is_active": "on"},
    )
    queue = Queue.objects.get()
    sent = {
        "user": person.pk,
        "skills": "cards",
        "languages": ["zh-hans"],
        "capacity": 5,
        "chats_at_once": 2,
        "queues": [queue.pk],
    }
    client.post("/service/agents/new/", sent)

    made = Agent.objects.get()
    assert (queue.skills, made.user, made.languages, made.queues.get().queue) == (["cards"], person, ["zh-hans"], queue)
    client.post(f"/service/agents/{made.pk}/edit/", {**sent, "queues": []})
    assert not made.queues.exists()
    assert b"Cards" in client.get("/service/queues/").content
    assert str(person).encode() in client.get("/service/agents/").content


def test_who_answers_no_tickets_is_no_agent(client, lead):
    sent = {"user": UserFactory(role="marketing").pk, "capacity": 5, "chats_at_once": 2}

    assert client.post("/service/agents/new/", sent).status_code == 422


@pytest.mark.parametrize("page", ["queues", "agents"])
def test_the_lists_cost_the_same_for_any_number_of_rows(client, lead, page):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/service/{page}/").status_code == 200
        return len(asked)

    AgentFactory(queues=[QueueFactory()])
    queries()
    first = queries()
    for _turn in range(2):
        AgentFactory(queues=[QueueFactory(), QueueFactory()])

    assert queries() == first


def test_a_ticket_says_who_else_looks_and_who_types(client, agent):
    cache.clear()
    ticket, other = TicketFactory(), UserFactory(role="service", full_name="Li Wei")
    client.get(f"/service/tickets/{ticket.reference}/here/?typing=1")
    assert b"typing" not in client.get(f"/service/tickets/{ticket.reference}/here/").content

    client.force_login(other)
    client.get(f"/service/tickets/{ticket.reference}/here/?typing=1&seen=0")
    client.force_login(agent.user)

    shown = client.get(f"/service/tickets/{ticket.reference}/here/").content.decode()
    assert "Li Wei is typing" in shown


def test_a_page_that_is_open_learns_of_a_new_message_and_not_of_a_note(client, agent):
    ticket = TicketFactory()
    address = f"/service/tickets/{ticket.reference}/here/?seen="
    first = MessageFactory(ticket=ticket)
    MessageFactory(ticket=ticket, direction="note")
    assert b"came in" not in client.get(f"{address}{first.pk}").content

    MessageFactory(ticket=ticket)

    assert b"came in" in client.get(f"{address}{first.pk}").content
    assert client.get(f"{address}nonsense").status_code == 200


def test_merging_and_parting_by_the_page(client, agent):
    ticket, other = TicketFactory(), TicketFactory()
    MessageFactory(ticket=ticket)
    assert client.post(f"/service/tickets/{ticket.reference}/merge/", {"other": ticket.reference}).status_code == 422
    assert client.post(f"/service/tickets/{ticket.reference}/merge/", {"other": "T-000000"}).status_code == 422

    client.post(f"/service/tickets/{ticket.reference}/merge/", {"other": other.reference.lower()})
    shown = client.get(f"/service/tickets/{ticket.reference}/").content.decode()
    assert other.reference in shown
    assert "data-composer" not in shown

    client.post(f"/service/tickets/{ticket.reference}/unmerge/")
    assert TicketMerge.objects.get().undone_at
    assert ticket.messages.count() == 1


def test_subtasks_and_links_stand_beside_the_ticket(client, agent):
    ticket, other = TicketFactory(), TicketFactory(subject="The other one")
    client.post(f"/service/tickets/{ticket.reference}/subtasks/new/", {"title": "Ask the bank", "due_on": "2026-12-01"})
    client.post(f"/service/tickets/{ticket.reference}/link/", {"other": other.reference, "kind": "blocks"})
    client.post(f"/service/tickets/{ticket.reference}/subtasks/{ticket.subtasks.get().pk}/")

    assert "<s>Ask the bank</s>" in client.get(f"/service/tickets/{ticket.reference}/").content.decode()
    assert "Blocked by" in client.get(f"/service/tickets/{other.reference}/").content.decode()


@pytest.mark.parametrize("query", ["state=open&assignee=me", "state=open&assignee=none", "state=open", "due=breached"])
def test_queues_are_counted_in_an_index_alone(rf, query):
    user = UserFactory(role="service_lead")
    request = rf.get(f"/service/tickets/?{query}")
    request.user = user
    found = TicketFilter(request.GET, queryset=Ticket.objects.visible_to(user).unmerged(), request=request).qs

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    counted = found.order_by().values("pk")[:1001].explain()

    # Whether PostgreSQL then looks into the table too depends on when it was last vacuumed, so what is asked is said.
    assert "using ticket_" in counted
    assert "IS NULL" not in counted, "the index leaves something to be looked up in the table"


def test_the_bar_of_a_view_is_kept_and_says_what_is_in_force(client):
    QueueFactory(name="Cards & loans")
    client.force_login(UserFactory(role="service_lead"))
    pages = [
        client.get(f"/service/tickets/?state=open&assignee={who}").content.decode() for who in ("me", "none", "me")
    ]

    chosen = [re.findall(r'name="assignee" value="(\w+)" checked', page) for page in pages]
    assert chosen == [["me"], ["none"], ["me"]]
    assert all("Cards &amp; loans" in page for page in pages)
    renamed = Queue.objects.get()
    renamed.name = "Payments"
    renamed.save()
    assert "Payments" in client.get("/service/tickets/?state=open&assignee=me").content.decode()


def test_the_header_says_the_moment_and_seldom_used_actions_stand_in_a_menu(client):
    lead = UserFactory(role="service_lead")
    ticket = TicketFactory(status="open", due_at=datetime(2031, 2, 28, 9, 30, tzinfo=UTC))
    client.force_login(lead)

    page = client.get(f"/service/tickets/{ticket.reference}/").content.decode()

    header = page[page.index('class="c-head"') : page.index('class="grid2"')]
    menu = header[header.index("menu-list") :]
    assert "due 2031-02-28 17:30" in header
    assert "due in" not in page
    assert "Merge…" in menu
    assert "Resolve" not in menu


def test_a_complaint_shows_three_actions_and_the_rest_in_the_menu(client):
    lead = UserFactory(role="service_lead")
    complaint = a_complaint(assignee=lead, actor=lead)
    client.force_login(lead)

    page = client.get(f"/service/complaints/{complaint.ticket.reference}/").content.decode()

    acts = page[page.index('class="request-acts"') : page.index('class="grid2"')]
    beside, menu = acts[: acts.index("menu-list")], acts[acts.index("menu-list") :]
    assert [word in beside for word in ("Acknowledge", "Name the cause", "Grant redress")] == [True] * 3
    assert [word in menu for word in ("Decide", "Hand over", "Withdrawn by", "Ask for an extension")] == [True] * 4
    assert beside.count('class="btn') == 4  # three, and what opens the menu
