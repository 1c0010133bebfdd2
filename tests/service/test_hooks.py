"""The app and communities: each word once by its number, webhooks once by theirs, and answers brought by a real POST until
the receiver has them, once read however often sent."""

import hashlib
import http.server
import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from audit.models import Event
from service.models import Delivery, HookReceipt, MessageFile, Ticket, TicketMessage
from service.rules.letters import File
from service.rules.signatures import WINDOW, is_signed, pause_before, sign
from service.services.deliveries import MOST_ATTEMPTS, send_deliveries
from service.services.mail_taking import keep_file
from service.services.messages import add_message
from tests.factories.customers import PersonFactory, SourceFactory
from tests.factories.service import TicketFactory
from tests.factories.staff import UserFactory
from tests.service.test_chats import at_once

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KEY = "the secret of the app"
pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def outlets(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.OUTLETS = {
        "app": {"channel": "app", "secret": KEY, "url": ""},
        "forum": {"channel": "community", "secret": "another", "url": ""},
        "mute": {"channel": "app", "secret": "", "url": ""},
    }
    return settings.OUTLETS


def send(hook, *, code="app", key=KEY, at=None, **headers):
    body = hook if isinstance(hook, bytes) else json.dumps(hook).encode()
    at = int(time.time() if at is None else at)
    signed = {"X-Meridian-Timestamp": str(at), "X-Meridian-Signature": sign(body, key=key, at=at), **headers}
    return Client(enforce_csrf_checks=True).post(
        f"/hooks/{code}/", body, content_type="application/json", headers=signed
    )


def message(number="m1", **said):
    return {"id": f"hook-{number}", "type": "message", "data": {
        "id": number, "conversation": "c1", "text": "Where is my money?", "author": "Ann", **said,
    }}  # fmt: skip


# Webhooks


def test_a_webhook_opens_a_conversation_and_goes_on_with_it():
    assert send(message()).json() == {"detail": "taken"}
    assert send(message("m2", text="Hello?")).status_code == 200

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.source, ticket.external_id, ticket.contact) == ("app", "app", "c1", "Ann")
    assert [one.text for one in ticket.messages.all()] == ["Where is my money?", "Hello?"]


def test_the_same_webhook_again_is_answered_and_does_nothing():
    answers = [send(message()).json()["detail"] for _ in range(3)]

    assert answers == ["taken", "known", "known"]
    assert TicketMessage.objects.count() == 1


@COMMITTED
def test_the_same_webhook_at_the_same_moment_makes_one():
    answers = at_once(lambda _: send(message()).status_code, *range(4))

    assert answers == [200] * 4
    assert (Ticket.objects.count(), TicketMessage.objects.count(), HookReceipt.objects.count()) == (1, 1, 1)


@COMMITTED
def test_first_words_of_one_conversation_at_the_same_moment_open_one_ticket():
    at_once(lambda number: send(message(f"m{number}")), *range(4))

    assert (Ticket.objects.count(), TicketMessage.objects.count()) == (1, 4)


def test_a_webhook_that_was_refused_may_come_again_whole():
    assert send(message(text=" ")).status_code == 422
    assert send(message()).json() == {"detail": "taken"}


@pytest.mark.parametrize("headers", [
    {"X-Meridian-Signature": "v1=" + "0" * 64}, {"X-Meridian-Signature": ""}, {"X-Meridian-Timestamp": "soon"},
    {"X-Meridian-Timestamp": "９９９"}, {"X-Meridian-Timestamp": "1"},
])  # fmt: skip
def test_what_is_not_signed_so_is_refused(headers):
    assert send(message(), **headers).status_code == 401
    assert not Ticket.objects.exists()


def test_an_outlet_that_is_not_there_and_one_without_a_secret_let_nobody_in():
    assert [send(message(), code=code, key=key).status_code for code, key in [("none", KEY), ("mute", "")]] == [
        401,
        401,
    ]


def test_what_was_overheard_cannot_be_sent_later():
    body, at = b"{}", 1_000
    signature = sign(body, key=KEY, at=at)

    holds = [
        is_signed(body, key=KEY, timestamp=str(at), signature=signature, now=at + late)
        for late in (0, WINDOW, -WINDOW, WINDOW + 1, -WINDOW - 1)
    ]

    assert holds == [True, True, True, False, False]


def test_a_signature_is_an_independent_hmac():
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", KEY], input=b"1764061200.{}", capture_output=True, check=True
    )

    assert sign(b"{}", key=KEY, at=1764061200) == "v1=" + done.stdout.decode().split()[-1]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b'"x"'])
def test_a_body_that_is_no_object_is_refused(body):
    assert send(body).status_code == 400


@pytest.mark.parametrize("hook", [
    {}, {"id": ""}, {"id": 7}, {"id": "x" * 101}, {"id": "1", "type": "ping"}, {"id": "1", "type": "message", "data": []},
    message(number=""), message(conversation=""), message(text="x" * 100_001), message(customer="C-0"),
    {"id": "1", "type": "deleted", "data": {"id": "nothing"}}, message(text="\x00"),
])  # fmt: skip
def test_a_hook_that_says_nothing_is_refused_with_a_sentence(hook):
    answer = send(hook)

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert not Ticket.objects.exists()
    assert not HookReceipt.objects.exists()


def test_refused_hooks_are_limited_by_address(settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "hook_refused": "1/m"}

    assert [send(message(), key="wrong").status_code for _ in range(2)] == [401, 429]
    assert send(message()).status_code == 200


def test_a_post_deleted_where_it_stood_is_marked_and_stays():
    send(message(), code="forum", key="another")
    for number in ("d1", "d2"):
        send({"id": number, "type": "deleted", "data": {"id": "m1"}}, code="forum", key="another")

    kept = TicketMessage.objects.get()
    assert kept.text == "Where is my money?"
    assert kept.deleted_at is not None
    assert Event.objects.of_record("service_ticketmessage", kept.pk).filter(kind="update").count() == 1


def test_two_outlets_may_use_the_same_numbers():
    send(message())
    send(message(), code="forum", key="another")

    assert set(Ticket.objects.values_list("channel", flat=True)) == {"app", "community"}


def test_a_customer_is_known_by_our_number_or_the_sources():
    customer = PersonFactory(source=SourceFactory(code="app"), external_id="77", region="Zhejiang")
    customer.refresh_from_db()
    send(message(customer="77"))
    send(message("m2", conversation="c2", customer=customer.reference))
    send(message("m3", conversation="c2"))

    assert set(Ticket.objects.values_list("customer", "region")) == {(customer.pk, "Zhejiang")}
    assert (
        send(
            message("m4", conversation="c1", customer=PersonFactory().__class__.objects.latest("pk").reference)
        ).status_code
        == 422
    )


def test_words_go_on_where_a_ticket_was_merged():
    send(message())
    into = TicketFactory()
    Ticket.objects.exclude(pk=into.pk).update(merged_into=into)

    assert send(message("m2")).status_code == 200
    assert into.messages.count() == 1


# By token


@pytest.fixture
def program(client):
    client.force_login(UserFactory(role="service"))
    return client


def words(**more):
    return {"source": "app", "conversation": "c1", "external_id": "m1", "text": "13912345678 is mine", **more}


def test_a_program_takes_words_once_and_reads_them_masked(program):
    taken = [program.post("/api/v1/conversations/", words(), content_type="application/json") for _ in range(2)]

    ticket = Ticket.objects.get()
    assert [one.status_code for one in taken] == [201, 201]
    assert taken[0].json() == taken[1].json() == {"ticket": ticket.reference, "message": TicketMessage.objects.get().pk}
    (said,) = program.get(f"/api/v1/conversations/{ticket.reference}/messages/").json()["results"]
    assert "13912345678" not in said["text"]
    (listed,) = program.get("/api/v1/conversations/").json()["results"]
    assert (listed["reference"], listed["external_id"]) == (ticket.reference, "c1")


def test_notes_are_not_read_by_programs(program):
    ticket = TicketFactory(channel="app")
    add_message(actor=UserFactory(), ticket_id=ticket.pk, direction="note", text="Ours", at=NOW)

    assert program.get(f"/api/v1/conversations/{ticket.reference}/messages/").json()["results"] == []


def test_a_program_says_that_a_post_was_deleted(program):
    program.post("/api/v1/conversations/", words(), content_type="application/json")

    answer = program.post("/api/v1/conversations/deleted/", {"source": "app", "external_id": "m1"})

    assert answer.status_code == 200
    assert TicketMessage.objects.get().deleted_at is not None


@pytest.mark.parametrize("more", [{"source": "none"}, {"text": ""}, {"external_id": ""}, {"customer": "C-0"}])
def test_a_program_is_told_what_is_wrong(program, more):
    answer = program.post("/api/v1/conversations/", words(**more), content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_customer_outside_the_programs_scope_is_nobody(client):
    customer = PersonFactory(region="Zhejiang")
    customer.refresh_from_db()
    client.force_login(UserFactory(role="service", regions=["Hubei"]))

    answer = client.post("/api/v1/conversations/", words(customer=customer.reference), content_type="application/json")

    assert answer.status_code == 400
    assert not Ticket.objects.exists()


# Answers


@pytest.fixture
def receiver(outlets):
    """A little server that takes each Idempotency-Key once, as the app does; `answers` are its next statuses."""

    class Receiver(http.server.BaseHTTPRequestHandler):
        answers, asked, taken, on_request = [], [], {}, None

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            at, signature = self.headers["X-Meridian-Timestamp"], self.headers["X-Meridian-Signature"]
            assert is_signed(body, key=KEY, timestamp=at, signature=signature, now=time.time())
            Receiver.asked.append(self.headers["Idempotency-Key"])
            status = Receiver.answers.pop(0) if Receiver.answers else 200
            if status == 200:
                Receiver.taken.setdefault(self.headers["Idempotency-Key"], json.loads(body))
            if Receiver.on_request:
                Receiver.on_request()
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *said):
            pass

    Receiver.answers, Receiver.asked, Receiver.taken, Receiver.on_request = [], [], {}, None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.handle_error = lambda *said: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    outlets["app"]["url"] = f"http://127.0.0.1:{server.server_port}/answers"
    yield Receiver
    server.shutdown()
    server.server_close()


def answer(text="It is on its way."):
    send(message())
    return add_message(actor=UserFactory(), ticket_id=Ticket.objects.get().pk, direction="out", text=text, at=NOW)


def test_an_answer_is_brought_once(receiver):
    said = answer("在路上 <b>")

    assert [send_deliveries(at=NOW) for _ in range(2)] == [1, 0]

    assert receiver.taken == {f"meridian-{said.pk}": {
        "id": str(said.pk), "type": "answer", "conversation": "c1", "ticket": said.ticket.reference, "text": "在路上 <b>",
        "at": NOW.isoformat(),
    }}  # fmt: skip
    assert (Delivery.objects.get().state, Delivery.objects.get().sent_at) == ("sent", NOW)


def test_notes_and_what_comes_in_are_not_brought_anywhere(receiver):
    send(message())
    add_message(actor=UserFactory(), ticket_id=Ticket.objects.get().pk, direction="note", text="Ours", at=NOW)

    assert not Delivery.objects.exists()


@pytest.mark.parametrize("status", [500, 503, 429, 408, 0, 302])
def test_what_was_not_taken_is_tried_again_later(receiver, status):
    receiver.answers[:] = [status]
    answer()

    send_deliveries(at=NOW)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.next_at) == ("queued", NOW + timedelta(seconds=pause_before(1)))
    assert send_deliveries(at=NOW + timedelta(seconds=9)) == 0
    assert send_deliveries(at=NOW + timedelta(seconds=10)) == 1

    assert len(set(receiver.asked)) == 1
    assert len(receiver.taken) == 1


@pytest.mark.parametrize("status", [400, 401, 410, 422])
def test_what_the_receiver_refuses_for_good_is_given_up(receiver, status):
    receiver.answers[:] = [status]
    answer()

    send_deliveries(at=NOW)

    assert (Delivery.objects.get().state, Delivery.objects.get().error) == ("failed", f"HTTP {status}")


def test_a_receiver_that_stays_away_is_given_up_after_some_time(receiver, outlets):
    answer()
    outlets["app"]["url"] = "http://127.0.0.1:1/"
    at = NOW
    for _ in range(MOST_ATTEMPTS + 3):
        send_deliveries(at=at)
        at += timedelta(hours=1)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.error) == ("failed", MOST_ATTEMPTS, "ConnectionRefusedError")


@COMMITTED
def test_two_senders_at_once_send_once(receiver):
    answer()

    at_once(lambda _: send_deliveries(at=NOW), *range(4))

    assert len(receiver.asked) == 1


SENDER = """
import django
django.setup()
from datetime import datetime, UTC
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
settings.OUTLETS = {outlets!r}
from audit.context import acting
from service.services.deliveries import send_deliveries
with acting(label="test"):
    send_deliveries(at=datetime.fromisoformat({at!r}))
"""


@COMMITTED
def test_a_sender_that_is_killed_in_the_middle_leaves_the_answer_to_the_next_and_it_is_read_once(receiver, outlets):
    said, reached = answer(), threading.Event()
    receiver.on_request = lambda: (reached.set(), time.sleep(60))
    code = SENDER.format(name=connection.settings_dict["NAME"], outlets=outlets, at=NOW.isoformat())
    sender = subprocess.Popen([sys.executable, "-c", code], cwd=configured.ROOT)
    assert reached.wait(60)
    sender.send_signal(signal.SIGKILL)
    sender.wait(10)
    receiver.on_request = None

    assert send_deliveries(at=NOW + timedelta(seconds=59)) == 0, "another sender might still be at it"
    assert send_deliveries(at=NOW + timedelta(seconds=61)) == 1

    assert receiver.asked == [f"meridian-{said.pk}"] * 2
    assert len(receiver.taken) == 1
    assert Delivery.objects.get().state == "sent"


# Ugly words, and files

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
UGLY = "مرحبا 😀👨‍👩‍👧 \u202eevil <script>alert(1)</script> 王小明"


@pytest.mark.parametrize(("length", "status"), [(100_000, 200), (100_001, 422)])
def test_a_webhook_of_100_000_signs_is_taken_and_one_more_is_not(length, status):
    answer = send(message(text="款" * length))

    assert answer.status_code == status
    assert TicketMessage.objects.count() == (status == 200)
    if status == 422:
        assert "100000" in answer.json()["detail"].replace(",", "")
        assert send(message(text="Short")).status_code == 200  # nothing is kept of what was refused


def test_a_webhook_of_100_000_emoji_is_taken_and_a_body_beyond_two_mebibytes_is_not():
    assert send(message(text="😀" * 100_000)).status_code == 200
    assert send(message("m2", text="x" * 2**21)).status_code == 413


def test_ugly_names_and_hostile_words_stay_words_on_every_page(client):
    send(message(text=UGLY, author=UGLY, subject=UGLY))
    ticket = Ticket.objects.get()
    client.force_login(UserFactory(role="service"))

    pages = [
        client.get(path).content.decode() for path in (f"/service/tickets/{ticket.reference}/", "/service/tickets/")
    ]

    assert ticket.messages.get().text == UGLY
    assert "\u202e" not in f"{ticket.subject}{ticket.contact}"  # one line that turns no other line around
    assert all("<script>alert(1)" not in page and "👨‍👩‍👧" in page for page in pages)


def multipart(program, *files, **more):
    return program.post("/api/v1/conversations/", {**words(**more), "files": list(files)})


def uploaded(name, content):
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_files_come_with_a_message_once_and_are_read_back_as_something_to_keep(program):
    both = [lambda: uploaded("../../x\u202e<b>.png", PNG), lambda: uploaded("a.exe", b"%PDF-1.7 x")]

    answers = [multipart(program, *(make() for make in both)).json() for _turn in range(2)]

    assert answers[0] == answers[1]
    ticket = Ticket.objects.get()
    (said,) = program.get(f"/api/v1/conversations/{ticket.reference}/messages/").json()["results"]
    assert [(one["media_type"], one["size"]) for one in said["files"]] == [
        ("image/png", len(PNG)), ("application/pdf", 10),
    ]  # fmt: skip
    first = said["files"][0]
    assert not set("/\u202e") & set(first["name"])
    kept = program.get(f"/api/v1/conversations/{ticket.reference}/files/{first['id']}/")
    assert (b"".join(kept.streaming_content), kept["Content-Type"]) == (PNG, "application/octet-stream")
    assert kept["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(PNG).hexdigest() == first["sha256"]


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"MZ program", b"", b"PK\x03\x04", "你好".encode()])
def test_a_file_that_is_no_picture_and_no_pdf_is_refused_with_its_message(program, content):
    answer = multipart(program, uploaded("a.png", PNG), uploaded("b.png", content))

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Ticket.objects.exists()


def test_a_file_too_large_and_files_too_many_are_refused(program, settings):
    settings.CHAT_FILE_BYTES = len(PNG)
    assert multipart(program, uploaded("a.png", PNG + b"x")).status_code == 400
    assert multipart(program, *(uploaded("a.png", PNG) for _n in range(6))).status_code == 400
    assert not Ticket.objects.exists()

    assert multipart(program, *(uploaded("a.png", PNG) for _n in range(5))).status_code == 201


def test_files_of_notes_other_tickets_and_other_regions_are_not_there(program, client):
    multipart(program, uploaded("a.png", PNG))
    ticket, file = Ticket.objects.get(), MessageFile.objects.get()
    other = TicketFactory(channel="app")
    noted = add_message(actor=UserFactory(), ticket_id=ticket.pk, direction="note", text="Ours", at=NOW)
    hidden = keep_file(noted, File("ours.png", PNG))
    address = "/api/v1/conversations/{}/files/{}/"

    assert program.get(address.format(other.reference, file.pk)).status_code == 404
    assert program.get(address.format(ticket.reference, hidden.pk)).status_code == 404
    assert program.get(address.format(ticket.reference, "9" * 30)).status_code == 404
    Ticket.objects.update(customer=PersonFactory(region="Zhejiang"), region="Zhejiang")
    client.force_login(UserFactory(role="service", regions=["Hubei"]))
    assert client.get(address.format(ticket.reference, file.pk)).status_code == 404
