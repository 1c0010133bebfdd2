"""A conversation by e-mail: asked for by its visitor or sent by the desk, once, and to nobody in a stranger's name."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from service.models import Chat, Mail, Ticket
from service.services.chat_transcripts import mail_transcript
from service.services.chats import accept_chat, end_chat, write_as_agent
from service.services.messages import add_message
from service.services.outbox import RECEIPTS_PER_HOUR
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailboxFactory
from tests.factories.service import AgentFactory, ChatFactory, MessageFactory, TicketFactory
from tests.service.chatting import Visitor
from tests.service.letters import CUSTOMER
from tests.service.test_chats import at_once

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def mailbox(settings, monkeypatch):
    monkeypatch.setattr("service.tasks.mail.send_mails_task.delay_on_commit", lambda: None)
    return MailboxFactory(code="support", smtp_host="127.0.0.1")


@pytest.fixture
def visitor():
    visitor = Visitor()
    visitor.start("Where is my money?", language="en")
    return visitor


@pytest.fixture
def agent(visitor):
    agent = AgentFactory(user__full_name="Lin Xiaoyu").user
    accept_chat(actor=agent, chat_id=Chat.objects.get().pk, at=NOW)
    return agent


def talk(agent, *, end=True):
    chat = Chat.objects.get()
    write_as_agent(actor=agent, chat_id=chat.pk, text="It comes <b>today</b> 😀", client_id="agent-0001", at=NOW)
    add_message(actor=agent, ticket_id=chat.ticket_id, direction="note", text="Sounds tense", at=NOW)
    if end:
        end_chat(actor=agent, chat_id=chat.pk, by="agent", at=timezone.now(), resolve=True)
    return chat


def ask(visitor, email="ann@mail.example"):
    return visitor.ask("transcript/mail/", {"email": email})


def test_the_visitor_has_it_sent_once_when_it_is_over(visitor, agent):
    chat = talk(agent, end=False)
    assert ask(visitor).status_code == 422
    assert visitor.poll(since="").json()["may_mail"] is False
    end_chat(actor=agent, chat_id=chat.pk, by="agent", at=timezone.now(), resolve=True)
    assert visitor.poll(since="").json()["may_mail"] is True

    assert [ask(visitor).status_code, ask(visitor, "else@mail.example").status_code] == [201, 422]

    mail = Mail.objects.get(kind="chat")
    assert (mail.peer, mail.state, mail.ticket, mail.is_automatic) == (
        "ann@mail.example", "queued", chat.ticket, False,
    )  # fmt: skip
    assert mail.text.splitlines()[0] == f"Chat {chat.ticket.reference} with Meridian"
    assert [line.split(" ", 2)[2] for line in mail.text.splitlines()[2:]] == [
        "You: Where is my money?", "Lin Xiaoyu: It comes <b>today</b> 😀",
    ]  # fmt: skip
    assert f"[{chat.ticket.reference}-" in mail.subject
    assert visitor.poll(since="").json()["may_mail"] is False


@COMMITTED
def test_asked_for_and_sent_at_the_same_moment_it_goes_once(visitor, agent):
    chat = talk(agent)
    Ticket.objects.filter(pk=chat.ticket_id).update(contact="ann@mail.example")

    answers = at_once(
        lambda who: mail_transcript(actor=who, chat=chat, address="ann@mail.example", at=NOW), None, agent, None, agent
    )

    assert Mail.objects.filter(kind="chat").count() == 1
    assert sorted(type(one).__name__ for one in answers) == ["Mail", *["ValidationError"] * 3]


@pytest.mark.parametrize(
    "email", ["", "ann", "a@b", "ann@mail.example\nBcc: all@mail.example", f"a@{'x.' * 130}example"]
)
def test_what_is_no_address_is_refused_with_a_sentence(visitor, agent, email):
    talk(agent)

    answer = ask(visitor, email)

    assert (answer.status_code, Mail.objects.count()) == (422, 0)
    assert "e-mail address" in answer.json()["detail"]


def test_words_that_nobody_answered_go_to_nobody(visitor, agent):
    end_chat(actor=agent, chat_id=Chat.objects.get().pk, by="agent", at=timezone.now())

    assert "Nobody has answered" in ask(visitor).json()["detail"]
    assert not Mail.objects.exists()


def test_one_address_is_sent_only_a_few_in_an_hour(agent):
    for _turn in range(RECEIPTS_PER_HOUR + 1):
        chat = ChatFactory(state="ended", ended_at=NOW, ended_by="agent")
        MessageFactory(ticket=chat.ticket, direction="out", channel="chat", author=agent)
        if _turn < RECEIPTS_PER_HOUR:
            mail_transcript(actor=None, chat=chat, address="Ann@mail.example", at=NOW)

    with pytest.raises(ValidationError, match="Too much"):
        mail_transcript(actor=None, chat=chat, address="ann@MAIL.example", at=NOW)


def test_the_desk_sends_it_from_the_ticket_and_sees_why_not(client, visitor, agent):
    client.force_login(agent)
    page = f"/service/tickets/{Ticket.objects.get().reference}/"
    assert "The conversation is sent once the chat is over." in client.get(page).content.decode()
    chat = talk(agent)
    assert "There is no e-mail address to answer to" in client.get(page).content.decode()
    Ticket.objects.update(customer=PersonFactory(email=CUSTOMER))

    for said in ("on its way by e-mail", "has been sent already"):
        answer = client.post(f"/service/chats/{chat.pk}/transcript/", follow=True)
        assert said in answer.content.decode()
        assert answer.redirect_chain == [(page, 302)]

    assert Mail.objects.get(kind="chat").peer == CUSTOMER


def test_the_desk_of_another_region_sends_nothing(client, visitor, agent):
    chat = talk(agent)
    Ticket.objects.update(region="Zhejiang", customer=PersonFactory(region="Zhejiang"), assignee=None)
    client.force_login(AgentFactory(user__regions=["Hubei"]).user)

    assert client.post(f"/service/chats/{chat.pk}/transcript/").status_code == 404
    assert not Mail.objects.exists()


def test_a_company_without_a_mailbox_offers_nothing(visitor, agent, mailbox):
    talk(agent)
    mailbox.smtp_host = ""
    mailbox.save()

    assert visitor.poll(since="").json()["may_mail"] is False
    assert ask(visitor).status_code == 422


def test_other_tickets_have_no_conversation_to_send(client):
    client.force_login(AgentFactory().user)

    assert "Mail the conversation" not in client.get(f"/service/tickets/{TicketFactory().reference}/").content.decode()
