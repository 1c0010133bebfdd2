"""The visitor's side: opened once, written once, read back as it was, and asked for news without a query."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from audit.models import Event
from service.models import Chat, Ticket, TicketMessage
from service.rules.customer_tokens import read_token, signed
from service.services import chat_stamps
from service.services.chats import accept_chat, end_chat, end_silent, write_as_agent
from service.services.messages import add_message
from service.services.tickets import set_status
from tests.factories.customers import PersonFactory, SourceFactory
from tests.factories.service import AgentFactory, QueueFactory
from tests.factories.staff import UserFactory
from tests.service.chatting import Visitor

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KEY = "a key that the app and Meridian share"
pytestmark = pytest.mark.django_db
# What is said is news once it is committed, and other threads see what is committed.
COMMITTED = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor():
    visitor = Visitor()
    assert visitor.start().status_code == 201
    return visitor


@pytest.fixture
def agent(visitor):
    agent = AgentFactory().user
    accept_chat(actor=agent, chat_id=Chat.objects.get().pk, at=NOW)
    return agent


def say(agent, text, number="agent-0001"):
    return write_as_agent(actor=agent, chat_id=Chat.objects.get().pk, text=text, client_id=number, at=NOW)


def test_a_chat_is_a_ticket_with_what_was_asked(visitor):
    ticket = Ticket.objects.get()

    assert (ticket.channel, ticket.subject, ticket.status) == ("chat", "Where is my money?", "new")
    assert visitor.messages == ["Where is my money?"]
    assert {event.action for event in Event.objects.filter(table_name="service_chat")} == {"service.chat.opened"}


def test_the_token_is_kept_nowhere(visitor):
    kept = json.dumps(
        [list(map(str, row)) for row in Chat.objects.values_list()] + [e.body for e in Event.objects.all()]
    )

    assert visitor.token not in kept


def test_opening_again_with_the_same_token_is_the_same_chat(visitor):
    assert visitor.start("Something else").json()["messages"][0]["text"] == "Where is my money?"
    assert Ticket.objects.count() == 1


@COMMITTED
def test_opening_at_the_same_moment_opens_one():
    token = Visitor().token
    statuses = []

    def start():
        statuses.append(Visitor(token).start().status_code)
        connection.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert statuses == [201] * 4
    assert (Chat.objects.count(), Ticket.objects.count(), TicketMessage.objects.count()) == (1, 1, 1)


@COMMITTED
def test_a_message_sent_again_stands_once(visitor):
    first, again = visitor.write("Hello?").json(), visitor.write("Hello?").json()

    assert first == again
    visitor.poll()
    assert visitor.messages == ["Where is my money?", "Hello?"]


@COMMITTED
def test_messages_sent_by_two_tabs_at_once_all_stand_once(visitor):
    def write(number):
        Visitor(visitor.token).write(f"Word {number // 2}", f"number-{number // 2}")
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    [one.start() for one in threads]
    [one.join() for one in threads]

    texts = list(TicketMessage.objects.order_by("text").values_list("text", flat=True))
    assert texts == ["Where is my money?", "Word 0", "Word 1", "Word 2", "Word 3"]


def test_two_chats_may_use_the_same_numbers(visitor):
    other = Visitor()
    other.start()

    assert visitor.write("One", "number-1").status_code == other.write("Two", "number-1").status_code == 201
    assert TicketMessage.objects.filter(text__in=["One", "Two"]).count() == 2


def test_nothing_new_costs_no_query(visitor, django_assert_num_queries):
    visitor.poll()

    with django_assert_num_queries(0):
        assert visitor.poll().status_code == 204


@COMMITTED
def test_an_answer_is_there_with_the_next_question(visitor, agent):
    visitor.poll()
    say(agent, "It is on its way.")

    news = visitor.poll().json()

    assert (news["state"], news["agent"]) == ("active", agent.full_name)
    assert visitor.messages[-1] == "It is on its way."
    assert visitor.poll().status_code == 204


@COMMITTED
def test_an_answer_from_another_page_is_news_too(visitor, agent):
    visitor.poll()
    add_message(actor=agent, ticket_id=Ticket.objects.get().pk, direction="out", text="From the ticket's page", at=NOW)

    visitor.poll()

    assert visitor.messages[-1] == "From the ticket's page"


@COMMITTED
def test_what_was_rolled_back_is_no_news(visitor, agent):
    from django.db import transaction

    visitor.poll()
    with transaction.atomic():
        say(agent, "Never said")
        transaction.set_rollback(True)

    assert visitor.poll().status_code == 204


@COMMITTED
def test_notes_and_other_channels_are_not_for_the_visitor(visitor, agent):
    ticket = Ticket.objects.get()
    add_message(actor=agent, ticket_id=ticket.pk, direction="note", text="Sounds drunk", at=NOW)
    add_message(actor=agent, ticket_id=ticket.pk, direction="out", channel="email", text="By mail", at=NOW)

    visitor.poll()

    assert visitor.messages == ["Where is my money?"]


@COMMITTED
def test_a_hand_that_writes_is_seen_without_a_query_and_goes_by_itself(visitor, agent, django_assert_num_queries):
    visitor.poll()
    chat_stamps.note_typing([Chat.objects.get().pk])

    with django_assert_num_queries(0):
        answer = visitor.poll()
        assert answer.json()["typing"] is True
        visitor.version = answer.json()["version"]
        assert visitor.poll().status_code == 204
    assert visitor.poll(typing="1").status_code == 204
    assert chat_stamps.signs_of([Chat.objects.get().pk]) == {Chat.objects.get().pk: "typing"}


@COMMITTED
def test_a_stamp_that_was_never_written_is_outlived(visitor, agent, monkeypatch):
    visitor.poll()
    monkeypatch.setattr(chat_stamps, "_write", lambda stamps: None)  # as after a kill between commit and stamp
    say(agent, "Late")
    assert visitor.poll().status_code == 204

    later = __import__("time").time() + chat_stamps.SLOT
    monkeypatch.setattr(chat_stamps.time, "time", lambda: later)
    visitor.poll()

    assert visitor.messages[-1] == "Late"


@COMMITTED
def test_redis_that_has_forgotten_everything_loses_nothing(visitor, agent):
    visitor.poll()
    cache.clear()
    say(agent, "Still here")

    visitor.poll()

    assert visitor.messages[-1] == "Still here"


@COMMITTED
def test_hostile_text_goes_both_ways_as_text(visitor):
    text = "<script>alert(1)</script>\u202e😀 مرحبا"

    visitor.write(text)
    visitor.poll()

    assert visitor.messages[-1] == text


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("", "number-1", "Write a message"),
        ("x" * 4001, "number-1", "at most 4000"),
        ("Hello", "!", "Number each message"),
    ],
)
def test_what_is_no_message_is_refused_with_a_sentence(visitor, text, number, said):
    answer = visitor.write(text, number)

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b'{"text": 1}', b"x" * 70_000])
def test_a_body_that_is_none_is_refused(visitor, body):
    answer = visitor.client.post(
        "/chat/write/", body, content_type="application/json", headers={"X-Chat-Token": visitor.token}
    )

    assert answer.status_code == 422


def test_a_form_of_another_site_sends_nothing(visitor):
    answer = visitor.client.post(
        "/chat/write/", {"text": "x", "client_id": "number-1"}, headers={"X-Chat-Token": visitor.token}
    )

    assert answer.status_code == 422
    assert TicketMessage.objects.count() == 1


@pytest.mark.parametrize("token", ["", "short", "A" * 43, "A" * 44, "é" * 43])
@pytest.mark.parametrize(
    ("path", "method"), [("poll/", "get"), ("write/", "post"), ("end/", "post"), ("transcript/", "get")]
)
def test_a_token_that_opens_nothing_is_answered_404(visitor, token, path, method):
    assert Visitor(token or "x").ask(path, {}, method=method).status_code == 404


@COMMITTED
def test_a_chat_that_is_over_takes_nothing_and_can_be_read_for_a_day(visitor, agent):
    end_chat(actor=agent, chat_id=Chat.objects.get().pk, by="agent", at=datetime.now(UTC), resolve=True)

    assert visitor.write("More").status_code == 422
    assert visitor.poll().json()["state"] == "ended"
    assert "Where is my money?" in visitor.ask("transcript/", method="get").content.decode()
    assert Ticket.objects.get().status == "resolved"
    Chat.objects.update(ended_at=datetime.now(UTC) - timedelta(days=2))
    assert visitor.poll(since="").status_code == 404


def test_the_visitor_ends_it_and_the_ticket_stays(visitor):
    assert visitor.ask("end/").json()["state"] == "ended"
    assert Ticket.objects.get().status == "new"
    assert Chat.objects.get().ended_by == "visitor"


def test_a_closed_ticket_ends_its_chat(visitor, agent):
    set_status(actor=agent, ticket_id=Ticket.objects.get().pk, status="closed", at=NOW)

    visitor.poll()

    assert Chat.objects.get().state == "ended"


def test_a_visitor_who_is_gone_ends_the_chat_and_not_the_ticket(visitor, agent):
    there = Visitor()
    there.start()
    Chat.objects.filter(agent=agent).update(seen_at=NOW - timedelta(minutes=16))

    assert end_silent(before=NOW - timedelta(minutes=15), at=NOW) == 1

    assert Chat.objects.get(agent=agent).ended_by == "silence"
    assert set(Ticket.objects.values_list("status", flat=True)) == {"open", "new"}


def test_asking_says_that_one_is_there_without_an_event(visitor):
    Chat.objects.update(seen_at=NOW - timedelta(days=1))
    events = Event.objects.count()
    visitor.poll(since="")

    assert Chat.objects.get().seen_at > NOW
    assert Event.objects.count() == events


# Who it is


def test_a_signed_token_says_who_it_is(settings):
    settings.CHAT_CUSTOMER_KEY = KEY
    customer = PersonFactory(region="Zhejiang", source=SourceFactory(code="app"), external_id="77")
    soon = datetime.now(UTC).timestamp() + 600

    for claim in ({"customer": customer.__class__.objects.get().reference}, {"source": "app", "id": "77"}):
        Visitor().start(customer_token=signed({**claim, "exp": soon}, key=KEY))

    assert {(chat.verified, chat.ticket.customer, chat.ticket.region) for chat in Chat.objects.all()} == {
        (True, customer, "Zhejiang")
    }


@pytest.mark.parametrize("key", ["", "another key"])
def test_a_token_that_is_not_right_makes_a_stranger(settings, key):
    settings.CHAT_CUSTOMER_KEY = key
    customer = PersonFactory()
    token = signed({"customer": customer.reference, "exp": datetime.now(UTC).timestamp() + 600}, key=KEY)

    assert Visitor().start(customer_token=token).status_code == 201

    assert (Chat.objects.get().verified, Ticket.objects.get().customer) == (False, None)


@pytest.mark.parametrize("exp", [99, 100, 100 + 86_401, "soon", None, float("nan"), float("inf")])
def test_a_token_holds_for_its_time_and_a_day_at_most(exp):
    assert read_token(signed({"customer": "C-1", "exp": exp}, key=KEY), key=KEY, now=100) is None
    assert read_token(signed({"customer": "C-1", "exp": 101}, key=KEY), key=KEY, now=100).reference == "C-1"


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", "x" * 3000, "e30.e30"])
def test_what_is_no_token_names_nobody(token):
    assert read_token(token, key=KEY, now=100) is None


# Nobody there


def test_a_message_left_is_a_ticket_once_with_a_way_to_answer():
    sent = {"subject": "Call me", "name": "Ann", "contact": "ann@example.test", "client_id": "left-0001"}

    numbers = {Visitor().ask("leave/", sent).json()["reference"] for _ in range(2)}

    assert numbers == {str(Ticket.objects.get())}
    assert Ticket.objects.get().contact == "Ann · ann@example.test"
    assert Visitor().ask("leave/", {**sent, "contact": "", "client_id": "left-0002"}).status_code == 422


def test_the_page_says_whether_anybody_is_there(client, settings):
    queue = QueueFactory(code=settings.CHAT_QUEUE)
    assert "Nobody is here just now" in client.get("/chat/").content.decode()

    AgentFactory(queues=[queue])

    assert "How can we help?" in client.get("/chat/").content.decode()
    assert "我们能帮您什么" in client.get("/chat/?lang=zh-hans").content.decode()


# Limits


def test_one_address_opens_so_many_chats(settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "chat_open": "2/h"}

    answers = [Visitor().start() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_one_visitor_writes_and_asks_so_often(settings, visitor):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "chat_write": "1/m", "chat_poll": "3/m"}

    assert [visitor.write("Hello", f"number-{n}").status_code for n in range(2)] == [201, 429]
    assert [visitor.poll().status_code for _ in range(4)] == [204, 204, 204, 429]


def test_one_address_asks_so_often_whatever_it_shows(settings, visitor):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "chat_address": "1/m"}

    assert [Visitor().poll().status_code for _ in range(2)] == [404, 429]


def test_what_strangers_try_is_limited(settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "chat_write": "2/m"}

    assert [Visitor().write("x").status_code for _ in range(3)] == [404, 404, 429]


def test_everything_public_is_kept_by_nobody(visitor):
    visitor.poll()
    answers = [
        visitor.client.get("/chat/"), visitor.poll(), visitor.poll(since=""), visitor.write("x"),
        visitor.ask("transcript/", method="get"), visitor.ask("end/"), Visitor().poll(), visitor.write("over"),
    ]  # fmt: skip

    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
    assert not any(answer.cookies for answer in answers)


def test_frames_are_allowed_to_named_origins_alone(client, settings):
    alone = client.get("/chat/")
    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"]
    assert alone["X-Frame-Options"] == "DENY"

    settings.CHAT_EMBED_ORIGINS = ["https://www.company.example"]
    embedded = client.get("/chat/")

    assert "frame-ancestors https://www.company.example" in embedded["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded
    assert "frame-ancestors 'none'" in client.get("/accounts/login/")["Content-Security-Policy"]


def test_only_the_widget_may_be_loaded_by_others(client):
    assert client.get("/chat/widget.js")["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/chat/")["Cross-Origin-Resource-Policy"] == "same-origin"


@COMMITTED
def test_a_stranger_sees_no_other_chat(visitor):
    other = Visitor()
    other.start("A secret")

    visitor.poll(since="")

    assert "A secret" not in visitor.messages
    assert "A secret" not in visitor.ask("transcript/", method="get").content.decode()


@COMMITTED
def test_agents_names_come_with_their_words(visitor, agent):
    UserFactory()
    say(agent, "Here")

    assert visitor.poll().json()["messages"][-1]["who"] == agent.full_name


# Files and the one question

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def upload(visitor, content, name="a.png", number="file-0001"):
    sent = {"file": SimpleUploadedFile(name, content), "client_id": number}
    return visitor.client.post("/chat/files/", sent, headers={"X-Chat-Token": visitor.token})


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_file_goes_once_and_comes_back_as_something_to_keep(visitor):
    first, again = (upload(visitor, PNG, "../../x<b>.png").json() for _ in range(2))
    (file,) = visitor.poll(since="").json()["messages"][-1]["files"]
    kept = visitor.ask(f"files/{file['id']}/", method="get")

    assert first == again
    assert "/" not in file["name"]
    assert b"".join(kept.streaming_content) == PNG
    assert kept["Content-Type"] == "application/octet-stream"
    assert kept["Content-Disposition"].startswith("attachment")
    other = Visitor()
    other.start()
    assert other.ask(f"files/{file['id']}/", method="get").status_code == 404


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"MZ program", b"", b"PK\x03\x04", "你好".encode()])
def test_what_is_no_picture_and_no_pdf_is_refused_whatever_its_name(visitor, content):
    assert upload(visitor, content).status_code == 422


def test_a_file_too_large_is_refused(visitor, settings):
    settings.CHAT_FILE_BYTES = 24

    assert upload(visitor, PNG).status_code == 422


def test_the_one_question_is_answered_once_after_the_end(visitor, agent):
    assert visitor.ask("rate/", {"rating": "5"}).status_code == 422, "it is not over"
    end_chat(actor=agent, chat_id=Chat.objects.get().pk, by="agent", at=datetime.now(UTC), resolve=True)
    assert visitor.poll(since="").json()["may_rate"] is True

    assert visitor.ask("rate/", {"rating": "6"}).status_code == 422
    assert [visitor.ask("rate/", {"rating": rating}).status_code for rating in "41"] == [200, 422]

    assert Ticket.objects.get().rating == 4
    assert visitor.poll(since="").json()["may_rate"] is False


@pytest.mark.parametrize("name", ["😀👨‍👩‍👧", "مرحبا", "\u202eevil\u2066 Ann\n<b>", "王" * 500])
def test_names_of_any_signs_are_kept_on_one_line_and_turn_nothing_around(client, name):
    Visitor().start("Hello", name=name)

    kept = Chat.objects.get().visitor_name
    client.force_login(AgentFactory().user)
    page = client.get("/service/chats/").content.decode()
    assert 0 < len(kept) <= 60
    assert not set("\u202e\u2066\n") & set(kept)
    assert "<b>" not in page.partition('id="chat-list"')[2].partition("</section>")[0]
