"""A mail that comes becomes a ticket, a message or an entry of the mail log, and never anything twice."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from audit.models import Event
from customers.encryption import email_index
from service.models import Mail, MessageFile, Ticket, TicketMessage
from service.rules.reply_tokens import reply_address, token
from service.services.mail_taking import make_ticket, take_mail, take_or_keep
from service.services.messages import LONGEST
from service.services.outbox import queue_answer
from service.services.tickets import set_status
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailboxFactory, MailFactory
from tests.factories.service import MessageFactory, TicketFactory
from tests.factories.staff import UserFactory
from tests.service.letters import CUSTOMER, a_mail, feedback_on, report_on

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def mailbox(db):
    return MailboxFactory(code="support", smtp_host="127.0.0.1")


def taken(mailbox, raw=None, at=NOW, **mail):
    return take_mail(mailbox=mailbox, raw=raw or a_mail(**mail), at=at)


def answered(first, text="Sent today."):
    """An agent's answer to the ticket of a mail, as it waits to be sent."""
    message = MessageFactory(ticket=first.ticket, direction="out", channel="email", text=text)
    return queue_answer(message=message, at=NOW + timedelta(hours=1))


def test_a_mail_opens_a_ticket_of_its_customer(mailbox):
    customer = PersonFactory(language="zh-hans", region="Zhejiang")

    mail = taken(mailbox, text="Where is my transfer?", subject="Re: A transfer")

    assert (mail.state, mail.kind) == ("taken", "person")
    ticket = mail.ticket
    assert (ticket.customer, ticket.channel, ticket.subject, ticket.queue) == (
        customer,
        "email",
        "A transfer",
        mailbox.queue,
    )
    assert (ticket.contact, ticket.language, ticket.region) == (CUSTOMER, "zh-hans", "Zhejiang")
    assert ticket.messages.get().text == "Where is my transfer?"
    assert mail.original.open("rb").read() == a_mail(text="Where is my transfer?", subject="Re: A transfer")
    assert Event.objects.filter(table_name="service_mail", action="service.mail.taken").exists()


def test_a_stranger_gets_a_ticket_without_a_customer(mailbox):
    PersonFactory()

    mail = taken(mailbox, sender="nobody@else.example")

    assert (mail.ticket.customer, mail.ticket.contact) == (None, "nobody@else.example")


def test_an_address_that_two_customers_share_names_neither(mailbox):
    PersonFactory()
    PersonFactory(identity_number="110105194912310038")

    assert taken(mailbox).ticket.customer is None


def test_the_address_of_a_sender_is_nowhere_in_plain(mailbox):
    taken(mailbox)

    with connection.cursor() as cursor:
        cursor.execute("SELECT peer, peer_index FROM service_mail")
        peer, index = cursor.fetchone()
    assert CUSTOMER.encode() not in bytes(peer)
    assert bytes(index) == email_index(CUSTOMER)


def test_a_mail_that_is_delivered_twice_is_taken_once(mailbox):
    first, second = taken(mailbox), taken(mailbox, raw=b"Received: again\r\n" + a_mail())

    assert first == second
    assert (Ticket.objects.count(), TicketMessage.objects.count()) == (1, 1)


def test_another_mail_under_the_same_number_is_not_lost(mailbox):
    taken(mailbox)

    taken(mailbox, text="Another matter")

    assert TicketMessage.objects.count() == 2


def test_a_mail_without_a_number_is_known_by_what_it_says(mailbox):
    for _turn in range(2):
        taken(mailbox, number="")

    assert TicketMessage.objects.count() == 1


def test_a_mail_to_two_mailboxes_opens_one_ticket(mailbox):
    first = taken(mailbox)

    second = taken(MailboxFactory(code="complaints"))

    assert (second.kind, second.state, second.ticket) == ("copy", "kept", first.ticket)
    assert Ticket.objects.count() == 1


def test_an_answer_of_the_customer_comes_back_to_its_ticket(mailbox):
    first = taken(mailbox)
    sent = answered(first)
    set_status(actor=UserFactory(role="service"), ticket_id=first.ticket_id, status="resolved", at=NOW)

    reply = taken(mailbox, number="2@dali.example", text="It is not here.\n\nOn Wed, Desk wrote:\n> Sent today.",
                  In_Reply_To=f"<{sent.number}>", subject="Re: something else")  # fmt: skip

    assert (reply.ticket, reply.message.direction, reply.message.text) == (first.ticket, "in", "It is not here.")
    assert reply.quoted == "On Wed, Desk wrote:\n> Sent today."
    first.ticket.refresh_from_db()
    assert (first.ticket.status, first.ticket.reopened) == ("open", 1)


def test_a_reference_further_back_is_enough(mailbox):
    first = taken(mailbox)

    reply = taken(mailbox, number="3@dali.example", text="More", References=f"<{first.number}> <unknown@x.example>")

    assert reply.ticket == first.ticket


@pytest.mark.parametrize("way", ["subject", "address"])
def test_a_signed_number_leads_back_where_programs_drop_references(mailbox, way):
    first = taken(mailbox)
    reference = first.ticket.reference
    said = {"subject": f"Re: x {token(reference, settings.SECRET_KEY)}"} if way == "subject" else {}
    to = reply_address(mailbox.address, reference, settings.SECRET_KEY) if way == "address" else mailbox.address

    assert taken(mailbox, number="4@dali.example", text="More", to=to, **said).ticket == first.ticket


def test_a_bare_number_leads_only_the_sender_back(mailbox):
    first = taken(mailbox)
    said = f"Re: x [{first.ticket.reference}]"

    assert taken(mailbox, number="5@dali.example", text="More", subject=said).ticket == first.ticket
    assert taken(mailbox, number="6@x.example", text="Hi", subject=said, sender="x@x.example").ticket != first.ticket


def test_a_stranger_in_a_thread_is_a_note_and_never_the_customer(mailbox):
    first = taken(mailbox)
    sent = answered(first)
    set_status(actor=UserFactory(role="service"), ticket_id=first.ticket_id, status="resolved", at=NOW)

    reply = taken(
        mailbox,
        number="7@x.example",
        sender="thief@x.example",
        text="Send it to my account",
        In_Reply_To=f"<{sent.number}>",
    )

    assert (reply.kind, reply.state, reply.ticket) == ("stranger", "kept", first.ticket)
    assert reply.message.direction == "note"
    assert "t****@x.example" in reply.message.text
    assert "Send it to my account" in reply.message.text
    first.ticket.refresh_from_db()
    assert first.ticket.status == "resolved"


def test_a_forged_sender_is_a_note_where_a_server_checks_senders():
    mailbox = MailboxFactory(authentication_host="mx.meridian.example")
    PersonFactory()
    passed, failed = "mx.meridian.example; dmarc=pass", "mx.meridian.example; spf=fail; dmarc=fail"
    first = taken(mailbox, Authentication_Results=passed)

    forged = taken(
        mailbox, number="8@x", text="Change it", In_Reply_To=f"<{first.number}>", Authentication_Results=failed
    )
    unsaid = taken(mailbox, number="9@x", text="Change it all", In_Reply_To=f"<{first.number}>")
    anew = taken(mailbox, number="10@x", text="A new matter", Authentication_Results=failed)

    assert (first.kind, forged.kind, unsaid.kind) == ("person", "stranger", "stranger")
    assert "may be forged" in forged.message.text
    assert anew.ticket.customer is None


def test_a_mail_to_a_merged_ticket_goes_to_where_it_went(mailbox):
    first = taken(mailbox)
    into = TicketFactory(channel="email", contact=CUSTOMER)
    Ticket.objects.filter(pk=first.ticket_id).update(merged_into=into)

    assert taken(mailbox, number="11@dali.example", text="More", In_Reply_To=f"<{first.number}>").ticket == into


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "junk"},
        {"List_Id": "<x.y>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "y"},
    ],
)
def test_what_a_machine_wrote_opens_nothing_and_is_not_answered(mailbox, headers):
    mail = taken(mailbox, **headers)

    assert (mail.state, mail.ticket) == ("kept", None)
    assert not Mail.objects.outgoing().exists()
    assert mail.original


def test_an_out_of_office_in_a_thread_is_a_note(mailbox):
    first = taken(mailbox)
    sent = answered(first)

    mail = taken(
        mailbox,
        number="12@dali.example",
        text="I am away",
        In_Reply_To=f"<{sent.number}>",
        Auto_Submitted="auto-replied",
    )

    assert (mail.ticket, mail.message.direction) == (first.ticket, "note")
    assert Mail.objects.outgoing().count() == 2  # the acknowledgement and the answer, both earlier


def test_our_own_mail_that_comes_round_is_a_loop(mailbox):
    sent = answered(taken(mailbox))

    by_number = taken(mailbox, number=sent.number, text="Sent today.")
    by_header = taken(mailbox, number="13@x", text="Round", X_Meridian_Mailbox="support")
    by_sender = taken(mailbox, number="14@x", text="And round", sender=mailbox.address)

    assert {by_number.kind, by_header.kind, by_sender.kind} == {"loop"}
    assert Ticket.objects.count() == 1


def test_too_many_mails_of_one_sender_are_kept_and_not_answered(mailbox, settings):
    settings.MAIL_SENDER_PER_HOUR = 3

    mails = [taken(mailbox, number=f"{n}@x", text=f"Mail {n}") for n in range(5)]
    later = taken(mailbox, number="later@x", text="Later", at=NOW + timedelta(hours=2))

    assert [mail.kind for mail in mails] == ["person"] * 3 + ["flood"] * 2
    assert later.kind == "person"
    assert Ticket.objects.count() == 4


def test_a_kept_mail_becomes_a_ticket_by_a_persons_hand_once(mailbox):
    mail = taken(mailbox, Precedence="bulk", files=[("a.pdf", "application/pdf", b"%PDF-1.7 x")])
    actor = UserFactory(role="service")

    for _turn in range(2):
        made = make_ticket(actor=actor, mail_id=mail.pk, at=NOW)

    assert (made.state, made.ticket.messages.count(), made.ticket.contact) == ("taken", 1, CUSTOMER)
    assert made.message.files.get().name == "a.pdf"


def test_a_report_stands_beside_the_mail_that_came_back(mailbox):
    sent = answered(taken(mailbox))

    report = taken(mailbox, raw=report_on(sent.number))

    sent.refresh_from_db()
    assert (sent.state, report.about, report.ticket, report.kind) == ("bounced", sent, sent.ticket, "bounce")
    assert "550 5.1.1 No such user" in sent.error
    assert "did not arrive" in report.message.text
    assert report.message.direction == "note"


@pytest.mark.parametrize("kind", ["abuse", "not-spam"])
def test_what_a_reader_says_of_a_mail_is_no_word_of_its_way(mailbox, kind):
    sent = answered(taken(mailbox))
    before = sent.ticket.messages.count(), sent.state

    report = taken(mailbox, raw=feedback_on(sent.number, kind=kind))

    sent.refresh_from_db()
    assert (report.kind, report.about, report.message) == ("bounce", sent, None)
    assert (sent.ticket.messages.count(), sent.state) == before


def test_a_report_on_nothing_of_ours_is_only_kept(mailbox):
    report = taken(mailbox, raw=report_on("foreign@x.example"))

    assert (report.kind, report.state, report.ticket) == ("bounce", "kept", None)


def test_a_new_ticket_is_acknowledged_once_in_its_language(mailbox):
    first = taken(mailbox, text="请问我的账户为什么不能转账？")
    taken(mailbox, number="15@dali.example", text="还在吗", In_Reply_To=f"<{first.number}>")

    receipt = Mail.objects.outgoing().get()

    assert (receipt.kind, receipt.ticket, receipt.peer) == ("receipt", first.ticket, CUSTOMER)
    assert receipt.refers_to == [first.number]
    assert first.ticket.reference in receipt.text
    assert first.ticket.language == "zh-hans"


def test_nobody_is_acknowledged_who_wants_no_automatic_answer(mailbox):
    taken(mailbox, X_Auto_Response_Suppress="All")

    assert not Mail.objects.outgoing().exists()


def test_two_machines_do_not_acknowledge_each_other_for_ever(mailbox):
    for n in range(10):
        taken(mailbox, number=f"{n}@x", text=f"We have received your mail {n}")

    assert Mail.objects.outgoing().count() == 5


def test_files_are_kept_by_what_they_are_and_dangerous_ones_named(mailbox):
    files = [("报表.pdf", "application/x-msdownload", b"%PDF-1.7 x"), ("run.pdf", "application/pdf", b"MZ\x90\x00evil")]

    mail = taken(mailbox, files=files)

    kept = MessageFile.objects.get()
    assert (kept.name, kept.media_type, kept.size) == ("报表.pdf", "application/pdf", 10)
    assert "run.pdf was not taken: programs are not taken" in mail.message.text


def test_a_text_of_a_million_signs_is_cut_and_kept_whole(mailbox):
    text = "长" * 1_000_000

    mail = taken(mailbox, text=text)

    assert len(mail.message.text) <= LONGEST
    assert mail.message.files.get().file.open("rb").read().decode() == text


def test_a_mail_too_large_is_refused_and_its_sender_told(mailbox, settings):
    settings.MAIL_MAX_BYTES = 2**20

    mail = taken(mailbox, text="x" * 2**20)

    refusal = Mail.objects.outgoing().get()
    assert (mail.state, mail.ticket, bool(mail.original)) == ("refused", None, False)
    assert (refusal.kind, refusal.peer) == ("refusal", CUSTOMER)
    assert "larger than 1 MiB" in refusal.text


@pytest.mark.parametrize(
    "raw",
    [b"", b"\0\0\0", b"\xff" * 5_000, b"From: \r\n\r\n", b"Subject: =?utf-8?B?8J+YgA==?=\r\n\r\n\xf0\x9f\x98\x80"],
)
def test_what_is_hardly_a_mail_is_a_ticket_all_the_same(mailbox, raw):
    mail = taken(mailbox, raw=raw or b"\r\n")

    assert mail.ticket.messages.count() == 1
    assert not Mail.objects.outgoing().exists()


def test_a_mail_of_no_text_says_so(mailbox):
    assert taken(mailbox, text="", html="<img src='x'>").message.text == "[The mail has no text.]"


def test_names_in_emoji_and_from_right_to_left_are_kept(mailbox):
    mail = taken(mailbox, subject="\u202eمرحبا 👋🏽 ‏שלום", text="مرحبا 👨‍👩‍👧")

    assert mail.ticket.subject == "مرحبا 👋🏽 שלום"
    assert mail.message.text == "مرحبا 👨‍👩‍👧"


def test_an_error_of_ours_keeps_the_mail_and_says_so(mailbox):
    def stumbles():
        if not Mail.objects.filter(state="failed").exists():
            raise KeyError("hole")

    mail = take_or_keep(mailbox=mailbox, raw=a_mail(), at=NOW, then=stumbles)

    assert (mail.state, mail.error, Ticket.objects.count()) == ("failed", "KeyError: 'hole'", 0)
    assert make_ticket(actor=UserFactory(role="service"), mail_id=mail.pk, at=NOW).ticket.subject == "A transfer"


@pytest.mark.django_db(transaction=True)
def test_a_mail_delivered_by_eight_at_once_is_taken_once():
    mailbox, raw = MailboxFactory(), a_mail()

    def deliver(_number):
        try:
            return take_mail(mailbox=mailbox, raw=raw, at=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(deliver, range(8)))

    assert len(found) == 1
    assert (Ticket.objects.count(), TicketMessage.objects.count()) == (1, 1)


def pipe(monkeypatch, raw, *arguments):
    """Run the pipe command in this process; return its exit code and what it says."""
    from django.core.management import call_command

    said = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    try:
        call_command("receive_mail", *arguments, stderr=said)
    except SystemExit as ended:
        return ended.code, said.getvalue()
    return 0, said.getvalue()


def test_the_pipe_takes_a_mail_and_ends_with_nought(monkeypatch, mailbox):
    assert pipe(monkeypatch, a_mail(), "--mailbox=support")[0] == 0
    assert Ticket.objects.get().subject == "A transfer"


def test_the_pipe_refuses_what_is_too_large_with_a_sentence(monkeypatch, mailbox, settings):
    settings.MAIL_MAX_BYTES = 2**20

    code, said = pipe(monkeypatch, a_mail(text="x" * 2**21), "--mailbox=support")

    assert (code, said.strip()) == (65, "This mail is larger than 1 MiB: send it smaller.")


def test_the_pipe_knows_no_other_mailbox(monkeypatch):
    assert pipe(monkeypatch, a_mail(), "--mailbox=none")[0] == 67


def test_the_pipe_asks_to_try_again_where_the_database_is_away():
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }

    ended = subprocess.run(
        [sys.executable, "manage.py", "receive_mail", "--mailbox", "support"], input=a_mail(), env=environment,
        cwd=settings.ROOT, capture_output=True, timeout=60,
    )  # fmt: skip

    assert ended.returncode == 75


def test_a_mail_is_seen_with_its_ticket(mailbox):
    here, there = (
        MailFactory(ticket=TicketFactory(region="Zhejiang")),
        MailFactory(ticket=TicketFactory(region="Hubei")),
    )
    nowhere = MailFactory(ticket=None)

    seen = set(Mail.objects.visible_to(UserFactory(role="service", regions=["Zhejiang"])))

    assert seen == {here, nowhere}
    assert there not in seen
