"""Whoever has a ticket hears that its customer has written again, by whichever way, and once until they have read it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from service.models import Chat, Ticket
from service.outlets import Outlet
from service.services.chats import accept_chat, note_read, write_as_agent, write_as_visitor
from service.services.inbound import take_words
from service.services.mail_taking import take_mail
from service.services.messages import add_message
from staff.models import Notification, NotificationPreference
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailboxFactory
from tests.factories.service import AgentFactory, ChatFactory, MessageFactory, TicketFactory
from tests.factories.staff import past_the_guards
from tests.service.letters import a_mail
from tests.service.test_assignment import in_parallel

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def agent():
    return UserFactory(role="service")


@pytest.fixture
def ticket(agent):
    """A ticket that an agent has, whose customer has written once."""
    ticket = TicketFactory(assignee=agent, status="open", channel="app")
    MessageFactory(ticket=ticket)
    return ticket


def writes(ticket, text="And now?", **more):
    return add_message(actor=None, ticket_id=ticket.pk, direction="in", text=text, at=NOW, **more)


def told(agent):
    return list(Notification.objects.filter(user=agent, kind="reply").order_by("pk"))


def test_the_agent_hears_that_the_customer_wrote_again_and_of_which_ticket(agent, ticket):
    writes(ticket, "My card 6222 0212 3456 7890 is lost")

    [one] = told(agent)
    assert one.title == f"{ticket.reference}: the customer has written again"
    assert one.body == ""
    assert one.url == reverse("service:ticket_detail", args=[ticket.reference])


def test_while_it_is_unread_more_words_tell_nothing_more(agent, ticket):
    for text in ("And now?", "Hello?", "Anybody?"):
        writes(ticket, text)

    assert len(told(agent)) == 1


def test_once_it_is_read_the_next_words_are_told_again(agent, ticket):
    writes(ticket)
    Notification.objects.update(read_at=NOW + timedelta(minutes=1))

    writes(ticket)

    assert len(told(agent)) == 2


def test_opening_the_ticket_reads_it(client, agent, ticket):
    writes(ticket)
    client.force_login(agent)

    client.get(reverse("service:ticket_detail", args=[ticket.reference]))

    assert [one.read_at is not None for one in told(agent)] == [True]
    writes(ticket)
    assert len(told(agent)) == 2


def test_somebody_else_who_opens_the_ticket_reads_nothing_of_the_agents(client, agent, ticket):
    writes(ticket)
    client.force_login(UserFactory(role="service"))

    client.get(reverse("service:ticket_detail", args=[ticket.reference]))

    assert [one.read_at for one in told(agent)] == [None]


def test_the_first_words_a_note_and_an_answer_are_no_news(agent):
    ticket = TicketFactory(assignee=agent)
    writes(ticket, "Where is my transfer?")
    add_message(actor=None, ticket_id=ticket.pk, direction="note", text="A delivery report", at=NOW)
    add_message(actor=agent, ticket_id=ticket.pk, direction="out", text="On its way", at=NOW)

    assert told(agent) == []


def test_what_the_agent_took_down_themselves_and_a_ticket_of_nobody_tell_nobody(agent, ticket):
    add_message(actor=agent, ticket_id=ticket.pk, direction="in", text="She called again", at=NOW)
    Ticket.objects.update(assignee=None)
    writes(ticket)

    assert Notification.objects.count() == 0


def test_the_same_message_delivered_twice_tells_once(agent, ticket):
    writes(ticket, external_id="m-2")
    Notification.objects.update(read_at=NOW)
    writes(ticket, external_id="m-2")

    assert len(told(agent)) == 1


def test_who_does_not_see_the_ticket_any_more_is_not_told(agent, ticket):
    with past_the_guards():
        agent.groups.clear()

    writes(ticket)

    assert told(agent) == []


def test_who_wants_it_by_mail_alone_gets_one_until_they_have_answered(agent, ticket):
    NotificationPreference.objects.create(user=agent, kind="reply", in_app=False, by_email=True)
    writes(ticket)
    writes(ticket)
    assert len(told(agent)) == 1

    add_message(actor=agent, ticket_id=ticket.pk, direction="out", text="On its way", at=NOW + timedelta(hours=1))
    writes(ticket)

    assert len(told(agent)) == 2


def test_a_mail_of_the_customer_in_their_thread_is_told(agent, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    PersonFactory()
    mailbox = MailboxFactory(code="support", smtp_host="127.0.0.1")
    first = take_mail(mailbox=mailbox, raw=a_mail(), at=NOW)
    Ticket.objects.filter(pk=first.ticket_id).update(assignee=agent)

    second = a_mail("And now?", number="2@dali.example", In_Reply_To="<1@dali.example>")
    assert take_mail(mailbox=mailbox, raw=second, at=NOW).ticket == first.ticket
    take_mail(mailbox=mailbox, raw=second, at=NOW)

    assert [one.title.partition(":")[0] for one in told(agent)] == [first.ticket.reference]


def test_words_of_the_app_and_of_a_community_are_told_too(agent):
    for channel in ("app", "community"):
        outlet = Outlet(f"our-{channel}", channel)
        for number in ("1", "2"):
            take_words(actor=None, outlet=outlet, conversation="c", number=number, text="Where?", at=NOW)
            Ticket.objects.filter(source=outlet.code).update(assignee=agent)
    assert [one.title.partition(":")[0] for one in told(agent)] == [
        Ticket.objects.get(source=f"our-{channel}").reference for channel in ("app", "community")
    ]


def test_a_visitor_who_writes_again_is_told_unless_the_agent_reads_along(agent):
    AgentFactory(user=agent)
    chat = ChatFactory(ticket__language="en")
    MessageFactory(ticket=chat.ticket)
    accept_chat(actor=agent, chat_id=chat.pk, at=NOW)
    write_as_agent(actor=agent, chat_id=chat.pk, text="Good morning", client_id="answer-0001", at=NOW)

    first = write_as_visitor(chat=chat, text="Are you there?", client_id="visitor-0001", at=NOW)
    assert len(told(agent)) == 1
    note_read(actor=agent, chat_id=chat.pk, up_to=first.pk, at=NOW)
    assert told(agent)[0].read_at == NOW

    second = write_as_visitor(chat=chat, text="Good", client_id="visitor-0002", at=NOW)
    assert len(told(agent)) == 1  # the pane shows it within a second
    write_as_visitor(chat=chat, text="Hello?", client_id="visitor-0003", at=NOW)
    assert len(told(agent)) == 2
    assert Chat.objects.get().read_up_to == first.pk < second.pk


@pytest.mark.django_db(transaction=True)
def test_words_at_the_same_moment_are_told_once():
    agent = UserFactory(role="service")
    ticket = TicketFactory(assignee=agent, status="open", channel="app")
    MessageFactory(ticket=ticket)

    raised = in_parallel([lambda text=str(n): writes(ticket, text) for n in range(5)])

    assert not raised
    assert len(told(agent)) == 1
    assert ticket.messages.count() == 6
