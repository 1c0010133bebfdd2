"""The agents' side: taken once, held up to what one holds, handed on, ended, linked; in one's scope alone."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from audit.models import Event
from service.models import Chat, Macro, Ticket, TicketMessage
from service.services.chats import (
    accept_chat,
    accept_next,
    end_chat,
    link_customer,
    note_read,
    transfer_chat,
    write_as_agent,
)
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, ChatFactory, QueueFactory
from tests.factories.staff import UserFactory

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


def at_once(work, *arguments):
    """Call `work` for each argument in a thread of its own; return what each gave or raised."""
    answers = []

    def call(argument):
        try:
            answers.append(work(argument))
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(argument,)) for argument in arguments]
    [one.start() for one in threads]
    [one.join() for one in threads]
    return answers


def test_taking_a_chat_gives_its_ticket_too():
    agent, chat = AgentFactory().user, ChatFactory()

    accept_chat(actor=agent, chat_id=chat.pk, at=NOW)

    chat.refresh_from_db()
    assert (chat.state, chat.agent, chat.accepted_at) == ("active", agent, NOW)
    assert (chat.ticket.assignee, chat.ticket.status) == (agent, "open")
    assert Event.objects.filter(action="service.chat.accepted").exists()


@COMMITTED
def test_of_two_agents_who_take_a_chat_at_once_one_has_it():
    agents, chat = [AgentFactory().user for _ in range(4)], ChatFactory()

    answers = at_once(lambda agent: accept_chat(actor=agent, chat_id=chat.pk, at=NOW), *agents)

    assert len([one for one in answers if isinstance(one, Chat)]) == 1
    assert all("Somebody else" in str(one) for one in answers if not isinstance(one, Chat))


@COMMITTED
def test_two_tabs_of_one_agent_take_no_more_than_they_hold():
    agent = AgentFactory(chats_at_once=2).user
    chats = [ChatFactory() for _ in range(5)]

    answers = at_once(lambda chat: accept_chat(actor=agent, chat_id=chat.pk, at=NOW), *chats)

    assert Chat.objects.with_agent(agent).count() == 2
    assert len([one for one in answers if isinstance(one, ValidationError)]) == 3


@COMMITTED
def test_agents_who_take_the_next_at_once_get_different_ones():
    agents = [AgentFactory().user for _ in range(4)]
    chats = [ChatFactory(waiting_since=NOW + timedelta(seconds=n)) for n in range(4)]

    at_once(lambda agent: accept_next(actor=agent, at=NOW), *agents)

    # Whoever found the first ones locked took a later one; nobody has two, and no chat two agents.
    assert Chat.objects.filter(state="active").values("agent").distinct().count() == 4
    assert not Chat.objects.filter(pk__in=[chat.pk for chat in chats], state="waiting")


def test_the_next_is_who_waits_longest_in_ones_queues():
    mine, other = QueueFactory(), QueueFactory()
    agent = AgentFactory(queues=[mine]).user
    ChatFactory(ticket__queue=other, waiting_since=NOW - timedelta(hours=2))
    later, first = (ChatFactory(ticket__queue=mine, waiting_since=NOW - timedelta(minutes=m)) for m in (5, 9))

    taken = [accept_next(actor=agent, at=NOW) for _ in range(3)]

    assert taken == [first, later, None]


def test_taking_again_what_one_has_changes_nothing():
    agent, chat = AgentFactory(chats_at_once=2).user, ChatFactory()
    accept_chat(actor=agent, chat_id=chat.pk, at=NOW)

    again = accept_chat(actor=agent, chat_id=chat.pk, at=NOW + timedelta(minutes=1))

    assert again.accepted_at == NOW


def test_only_its_agent_answers_and_once_for_each_number():
    agent, other = AgentFactory().user, AgentFactory().user
    chat = ChatFactory(agent=agent, state="active")

    for _ in range(2):
        write_as_agent(actor=agent, chat_id=chat.pk, text="Soon", client_id="number-1", at=NOW)
    with pytest.raises(PermissionDenied):
        write_as_agent(actor=other, chat_id=chat.pk, text="Me too", client_id="number-2", at=NOW)

    assert [(one.text, one.author) for one in TicketMessage.objects.all()] == [("Soon", agent)]


def test_a_chat_is_handed_to_a_colleague_who_has_room():
    agent, full, free = AgentFactory().user, AgentFactory(chats_at_once=1).user, AgentFactory().user
    ChatFactory(agent=full, state="active")
    chat = ChatFactory(agent=agent, state="active", accepted_at=NOW)

    with pytest.raises(ValidationError, match="has 1 chat already"):
        transfer_chat(actor=agent, chat_id=chat.pk, to=full, at=NOW)
    transfer_chat(actor=agent, chat_id=chat.pk, to=free, at=NOW)

    chat.refresh_from_db()
    assert (chat.agent, chat.ticket.assignee, chat.state) == (free, free, "active")


def test_a_chat_goes_back_to_the_waiting_of_a_queue():
    agent, queue = AgentFactory().user, QueueFactory()
    chat = ChatFactory(agent=agent, state="active")

    transfer_chat(actor=agent, chat_id=chat.pk, queue=queue, at=NOW)

    chat.refresh_from_db()
    assert (chat.state, chat.agent, chat.ticket.queue, chat.ticket.assignee) == ("waiting", None, queue, None)


def test_a_chat_of_another_is_handed_on_by_who_assigns_alone():
    chat = ChatFactory(agent=AgentFactory().user, state="active")
    to = AgentFactory().user

    with pytest.raises(PermissionDenied):
        transfer_chat(actor=UserFactory(role="service"), chat_id=chat.pk, to=to, at=NOW)
    transfer_chat(actor=UserFactory(role="service_lead"), chat_id=chat.pk, to=to, at=NOW)

    assert Chat.objects.get().agent == to


@pytest.mark.parametrize(("resolve", "status"), [(True, "resolved"), (False, "open")])
def test_ending_resolves_the_ticket_where_that_is_said(resolve, status):
    agent = AgentFactory().user
    chat = ChatFactory()
    accept_chat(actor=agent, chat_id=chat.pk, at=NOW)

    for _ in range(2):
        end_chat(actor=agent, chat_id=chat.pk, by="agent", at=NOW, resolve=resolve)

    assert Ticket.objects.get().status == status
    assert Chat.objects.get().ended_at == NOW


def test_a_chat_is_said_to_be_of_a_customer_unless_the_app_has_said_it():
    agent, customer = AgentFactory().user, PersonFactory(region="Zhejiang")
    open_one = ChatFactory(agent=agent, state="active")
    told = ChatFactory(agent=agent, state="active", verified=True, ticket__customer=PersonFactory())

    link_customer(actor=agent, chat_id=open_one.pk, customer=customer, at=NOW)
    with pytest.raises(ValidationError, match="has said who this is"):
        link_customer(actor=agent, chat_id=told.pk, customer=customer, at=NOW)

    open_one.ticket.refresh_from_db()
    assert (open_one.ticket.customer, open_one.ticket.region) == (customer, "Zhejiang")


def test_what_was_read_never_goes_back():
    agent = AgentFactory().user
    chat = ChatFactory(agent=agent, state="active")

    for up_to in (5, 3):
        note_read(actor=agent, chat_id=chat.pk, up_to=up_to, at=NOW)
    note_read(actor=UserFactory(), chat_id=chat.pk, up_to=9, at=NOW)

    assert Chat.objects.get().read_up_to == 5


# The page


@pytest.fixture
def agent(client):
    agent = AgentFactory()
    client.force_login(agent.user)
    return agent.user


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_who_waits(client, agent, django_assert_num_queries, rows):
    for _ in range(rows):
        ChatFactory(ticket__queue=QueueFactory(), ticket__customer=PersonFactory())
    QueueFactory.create_batch(2)
    client.get("/service/chats/")
    from service.models import QueueMember

    for queue in {chat.ticket.queue for chat in Chat.objects.all()}:
        QueueMember.objects.create(queue=queue, agent=agent.agent)

    with django_assert_num_queries(7):
        page = client.get("/service/chats/").content.decode()

    assert page.count("data-accept") == rows


def test_an_agent_at_their_limit_is_told_why_they_get_no_more(client, agent):
    agent.agent.chats_at_once = 2
    agent.agent.save()
    said = "You have 2 chats, as many as you take at once."
    ChatFactory(agent=agent, state="active")
    waiting = ChatFactory()
    assert said not in client.get("/service/chats/").content.decode()
    ChatFactory(agent=agent, state="active")

    assert said in client.get("/service/chats/").content.decode()
    assert said in client.get("/service/chats/news/").json()["list"]
    answer = client.post(f"/service/chats/{waiting.pk}/accept/")
    assert (answer.status_code, answer.content.decode()) == (
        422, f"{agent} has 2 chats already, and takes no more at once.",
    )  # fmt: skip


def test_no_news_is_answered_without_asking_about_chats(client, agent, django_assert_max_num_queries):
    chat = ChatFactory(agent=agent, state="active")
    news = client.get("/service/chats/news/", {"chats": f"{chat.pk}:0"}).json()

    with django_assert_max_num_queries(4):  # who asks, and whether they may
        answer = client.get("/service/chats/news/", {"chats": f"{chat.pk}:0", "since": news["version"]})

    assert answer.status_code == 204


def test_news_hold_what_is_unread_and_escaped(client, agent):
    chat = ChatFactory(agent=agent, state="active")
    TicketMessage.objects.create(
        ticket=chat.ticket, direction="in", channel="chat", at=NOW, text="<script>alert(1)</script> 13912345678"
    )

    news = client.get("/service/chats/news/", {"chats": f"{chat.pk}:0"}).json()

    (said,) = news["chats"]
    assert said["unread"] == 1
    assert "&lt;script&gt;" in said["html"]
    assert "<script>" not in said["html"]
    assert "13912345678" not in said["html"], "numbers in what people write are masked"


def test_a_pane_holds_what_was_said_before_it_was_opened(client, agent):
    chat = ChatFactory(agent=agent, state="active")
    for text in ["Good morning", "My card is gone"]:
        TicketMessage.objects.create(ticket=chat.ticket, direction="in", channel="chat", at=NOW, text=text)

    pane = client.get(f"/service/chats/{chat.pk}/").content.decode()
    page = client.get("/service/chats/").content.decode()

    for shown in (pane, page):
        assert shown.index('chat-text">Good morning') < shown.index('chat-text">My card is gone')


@pytest.mark.parametrize(
    "query", [{"chats": "x:y,1:,:,9999999999999999999999:1"}, {"chats": "," * 500}, {"typing": "a,1"}]
)
def test_what_a_browser_cannot_have_shown_is_passed_over(client, agent, query):
    assert client.get("/service/chats/news/", query).status_code == 200


def test_a_chat_elsewhere_is_not_there(client):
    client.force_login(AgentFactory(user__regions=["Hubei"]).user)
    chat = ChatFactory(ticket__customer=PersonFactory(region="Zhejiang"))

    assert client.get(f"/service/chats/{chat.pk}/").status_code == 404
    assert client.post(f"/service/chats/{chat.pk}/accept/").status_code == 404
    assert "data-accept" not in client.get("/service/chats/").content.decode()


def test_agents_answer_by_the_page(client, agent):
    chat = ChatFactory()

    assert client.post("/service/chats/next/").json() == {"chat": chat.pk}
    assert (
        client.post(f"/service/chats/{chat.pk}/write/", {"text": "Hello", "client_id": "number-1"}).status_code == 200
    )
    assert client.post(f"/service/chats/{chat.pk}/write/", {"text": " ", "client_id": "number-2"}).status_code == 422
    assert client.post(f"/service/chats/{chat.pk}/end/", {"resolve": "1"}).status_code == 204
    assert client.post("/service/chats/next/").status_code == 422
    assert Ticket.objects.get().status == "resolved"


@pytest.mark.parametrize("to", ["", "agent:", "agent:0", "queue:999999", "user:1", "agent:" + "9" * 30])
def test_a_chat_is_handed_to_nobody_who_is_not_there(client, agent, to):
    chat = ChatFactory(agent=agent, state="active")

    assert client.post(f"/service/chats/{chat.pk}/transfer/", {"to": to}).status_code == 422


def test_customers_are_found_for_a_chat_masked_for_the_reader(client, agent):
    customer = PersonFactory(name="欧阳明月")
    customer.refresh_from_db()
    chat = ChatFactory(agent=agent, state="active")

    found = client.get("/service/chats/customers/", {"q": "欧阳"}).json()["customers"]
    answer = client.post(f"/service/chats/{chat.pk}/link/", {"reference": customer.reference})

    assert [one["reference"] for one in found] == [customer.reference]
    assert answer.status_code == 204
    assert Ticket.objects.get().customer == customer


def test_a_macro_is_filled_in_for_the_chat(client, agent):
    chat = ChatFactory(agent=agent, state="active")
    macro = Macro.objects.create(name="Soon", text="{{ ticket.reference }}: soon")

    said = client.get(f"/service/chats/{chat.pk}/macros/{macro.pk}/").content.decode()

    assert said == f"{chat.ticket}: soon"
    assert client.get(f"/service/chats/{chat.pk}/macros/0/").status_code == 404


def test_a_macro_gives_the_chats_ticket_its_tags_priority_and_queue_once(client, agent):
    chat, queue = ChatFactory(agent=agent, state="active"), QueueFactory()
    Ticket.objects.filter(pk=chat.ticket_id).update(assignee=agent, tags=["vip"], status="open")
    macro = Macro.objects.create(name="Soon", text="Soon", tags=["payout"], priority=2, queue=queue, status="resolved")

    for _turn in range(2):
        sent = {"text": "Soon", "client_id": "agent-0001", "macro": macro.pk}
        assert client.post(f"/service/chats/{chat.pk}/write/", sent).status_code == 200

    ticket = Ticket.objects.get()
    assert (ticket.tags, ticket.priority, ticket.queue) == (["payout", "vip"], 2, queue)
    assert (ticket.status, ticket.messages.count()) == ("open", 1)  # the status changes as the chat ends
    acts = Event.objects.of_record("service_ticket", ticket.pk).values_list("action", flat=True)
    assert list(acts).count("service.ticket.changed") == 1


@pytest.mark.parametrize("macro", ["", "0", "x", "9" * 40])
def test_a_macro_that_is_none_changes_nothing(client, agent, macro):
    chat = ChatFactory(agent=agent, state="active")

    answer = client.post(f"/service/chats/{chat.pk}/write/", {"text": "Hi", "client_id": "agent-0001", "macro": macro})

    assert (answer.status_code, Ticket.objects.get().tags) == (200, [])


@COMMITTED
def test_two_tabs_of_an_agent_that_send_one_answer_at_once_say_it_once():
    agent = AgentFactory()
    chat = ChatFactory(agent=agent.user, state="active")

    at_once(
        lambda text: write_as_agent(
            actor=agent.user, chat_id=chat.pk, text=text, client_id="agent-0001", at=NOW
        ),
        *["It comes today."] * 4,
    )  # fmt: skip

    assert TicketMessage.objects.get().text == "It comes today."
