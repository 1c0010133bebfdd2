"""Mail through real servers: fetched once, sent once, whoever dies at whichever line."""

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import Event
from customers.models import Customer
from customers.services.timeline import timeline_of
from service.models import Macro, Mail, Mailbox, Ticket, TicketMessage, TicketRating
from service.services import mail_polling, mail_sending
from service.services.mail_polling import poll_mailbox, poll_mailboxes
from service.services.mail_sending import SILENCE, send_mails
from service.services.mailboxes import save_mailbox
from service.services.outbox import queue_answer, retry_mail
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailboxFactory
from tests.factories.service import MessageFactory, TicketFactory
from tests.factories.staff import UserFactory
from tests.killed import run_and_die
from tests.service.letters import CUSTOMER, a_mail, report_on
from tests.service.mail_servers import PASSWORD, USER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path, certificate):
    settings.MEDIA_ROOT = tmp_path
    settings.MAIL_SECRETS = {"SUPPORT": PASSWORD}
    settings.MAIL_CA_FILE = str(certificate[0])
    settings.CELERY_TASK_ALWAYS_EAGER = False


@pytest.fixture
def no_worker(monkeypatch):
    """Tasks are not queued: the tests send when they say so."""
    monkeypatch.setattr("service.tasks.mail.send_mails_task.delay_on_commit", lambda: None)


def a_mailbox(imap=None, smtp=None, **more):
    return MailboxFactory(
        code="support", address="support@meridian.example", user=USER, secret="SUPPORT",
        imap_host="127.0.0.1" if imap else "", imap_port=imap.port if imap else 993,
        smtp_host="127.0.0.1" if smtp else "", smtp_port=smtp.port if smtp else 587, **more,
    )  # fmt: skip


def now():
    return timezone.now()


def an_answer(mailbox, text="Sent today.", **more):
    ticket = TicketFactory(channel="email", contact=CUSTOMER, subject="A transfer", queue=mailbox.queue, **more)
    message = MessageFactory(ticket=ticket, direction="out", channel="email", text=text)
    return queue_answer(message=message, at=now())


def words_of(part):
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def test_a_mail_becomes_a_ticket_is_answered_by_macro_answered_back_resolved_and_rated(
    client, imap, smtp, no_worker, settings
):
    settings.COMPANY_NAME = "Meridian"
    customer = Customer.objects.get(pk=PersonFactory(name="段正淳").pk)
    agent = UserFactory(role="service", full_name="Lin Xiaoyu")
    macro = Macro.objects.create(
        name="Settled", tags=["transfer"], status="waiting",
        text="Dear {{customer.name}}, {{ticket.reference}} was settled by {{agent.name}} of {{company.name}}.",
    )  # fmt: skip
    mailbox = a_mailbox(imap, smtp, signature_en="Your desk")
    imap.deliver(a_mail("Where is my transfer?", subject="A transfer"))

    # In: a ticket of its customer, and one acknowledgement.
    assert poll_mailboxes(at=now()) == 1
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.subject, ticket.status) == (customer, "A transfer", "new")
    send_mails(at=now())

    # Out: the macro as the agent's page gives it, its variables filled in.
    client.force_login(agent)
    page = f"/service/tickets/{ticket.reference}/"
    shown = client.get(f"{page}macros/{macro.pk}/").json()
    said = f"Dear 段正淳, {ticket.reference} was settled by Lin Xiaoyu of Meridian."
    assert (shown["text"], shown["status"]) == (said, "waiting")
    sent = {"direction": "out", "text": shown["text"], "status": shown["status"], "macro": macro.pk}
    seen = ticket.messages.latest("pk").pk
    assert client.post(page, {**sent, "seen": seen, "seconds": 30}).status_code == 302
    assert [send_mails(at=now()), send_mails(at=now())] == [1, 0]

    receipt, reply = smtp.mails
    assert (receipt.sender, receipt.letter["Auto-Submitted"]) == ("<>", "auto-replied")
    assert (reply.sender, reply.receivers) == (mailbox.address, [CUSTOMER])
    assert (reply.letter["In-Reply-To"], reply.letter["Auto-Submitted"]) == ("<1@dali.example>", None)
    assert reply.letter["References"].split() == ["<1@dali.example>"]
    subject = str(make_header(decode_header(reply.letter["Subject"]))).replace("\r\n", "")
    assert re.fullmatch(rf"Re: A transfer \[{ticket.reference}-\w+\]", subject)
    assert words_of(reply.letter) == f"{said}\n\n-- \nYour desk\n"

    # Back: into the same ticket, what is quoted parted from it.
    back = f"Thank you!\n\nOn Wed, Desk wrote:\n> {said}"
    imap.deliver(a_mail(back, number="2@dali.example", In_Reply_To=reply.letter["Message-ID"]))
    poll_mailboxes(at=now())
    ticket.refresh_from_db()
    assert (ticket.status, ticket.tags, Ticket.objects.count()) == ("open", ["transfer"], 1)

    # Resolved and rated: by the link that was mailed, without a sign-in.
    assert client.post(f"{page}status/resolved/").status_code == 302
    send_mails(at=now())
    asked = smtp.mails[2].letter
    assert (asked["Auto-Submitted"], asked["In-Reply-To"]) == ("auto-replied", "<2@dali.example>")
    path = re.search(rf"{re.escape(settings.SITE_URL)}(/service/rate/\S+)", words_of(asked)).group(1)
    customer_browser = Client()
    assert customer_browser.get(path).status_code == 200
    assert not TicketRating.objects.exists()  # opening the link keeps nothing
    assert "Thank you" in customer_browser.post(path, {"rating": "5", "comment": "谢谢"}).content.decode()
    assert len(smtp.mails) == 3

    ticket.refresh_from_db()
    assert (ticket.status, ticket.rating, ticket.rated.comment) == ("resolved", 5, "谢谢")
    assert [(m.direction, m.text, m.author) for m in ticket.messages.order_by("id")] == [
        ("in", "Where is my transfer?", None), ("out", said, agent), ("in", "Thank you!", None),
    ]  # fmt: skip

    # The timeline of the customer, and the log: each step once and in its order.
    (moment,) = [one for one in timeline_of(customer, reader=agent) if one.url == page]
    assert moment.title == f"Ticket {ticket.reference}: A transfer"
    assert moment.text.endswith("Resolved")
    acts = list(Event.objects.of_record("service_ticket", ticket.pk).order_by("id").values_list("action", "actor_id"))
    steps = [
        ("service.mail.taken", None), ("service.message.out", agent.pk), ("service.ticket.resolved", agent.pk),
        ("service.ticket.rated", None),
    ]  # fmt: skip
    assert [one for one in acts if one in steps[2:]] == steps[2:], acts
    answer = Mail.objects.get(kind="answer")
    fate = Event.objects.of_record("service_mail", answer.pk).order_by("id").values_list("action", flat=True)
    assert [act.rpartition(".")[2] for act in fate] == ["answer_queued", "claimed", "handed_over", "sent"]
    written = Event.objects.of_record("service_ticketmessage", answer.message_id).get()
    assert (written.actor_id, written.kind) == (agent.pk, "insert")


def test_what_was_taken_is_marked_and_not_taken_again(imap):
    mailbox = a_mailbox(imap)
    for number in range(3):
        imap.deliver(a_mail(f"Mail {number}", number=f"{number}@x"))

    assert [poll_mailboxes(at=now()), poll_mailboxes(at=now())] == [3, 0]

    assert all("\\Seen" in flags for flags in imap.flags())
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.error, Ticket.objects.count()) == (3, "", 3)


def test_what_was_taken_is_moved_where_a_folder_is_named(imap):
    server = imap.signed_in()
    server.create("Done")
    server.logout()
    a_mailbox(imap, done_folder="Done")
    imap.deliver(a_mail())

    poll_mailboxes(at=now())

    assert (len(imap.flags()), len(imap.flags("Done"))) == (0, 1)


@pytest.mark.parametrize("done_folder", ["", "Done"])
def test_a_poller_that_dies_before_it_marks_takes_nothing_twice(imap, monkeypatch, done_folder):
    server = imap.signed_in()
    server.create("Done")
    server.logout()
    a_mailbox(imap, done_folder=done_folder)
    imap.deliver(a_mail())
    with monkeypatch.context() as patched:
        patched.setattr(mail_polling, "_mark", dies)
        with pytest.raises(Killed):
            poll_mailboxes(at=now())
    assert not any("\\Seen" in flags for flags in imap.flags())

    poll_mailboxes(at=now())

    assert (Ticket.objects.count(), TicketMessage.objects.count()) == (1, 1)
    assert all("\\Seen" in flags for flags in imap.flags(done_folder or "INBOX"))


def test_a_poller_that_is_killed_is_followed_by_another(imap):
    """kill -9 in a process of its own, at the line between taking and marking."""
    a_mailbox(imap)
    imap.deliver(a_mail())

    assert die_at("service.services.mail_polling._mark", "poll_mailboxes") == -signal.SIGKILL
    assert Ticket.objects.count() == 1
    poll_mailboxes(at=now())

    assert (Ticket.objects.count(), TicketMessage.objects.count()) == (1, 1)
    assert "\\Seen" in imap.flags()[0]


def test_a_folder_that_was_numbered_anew_is_read_again_and_nothing_doubles(imap):
    mailbox = a_mailbox(imap)
    imap.deliver(a_mail())
    poll_mailboxes(at=now())
    before = Mailbox.objects.get().uid_validity
    imap.renumber()

    poll_mailboxes(at=now())

    mailbox.refresh_from_db()
    assert mailbox.uid_validity != before
    assert Ticket.objects.count() == 1


def test_two_pollers_at_once_take_each_mail_once(imap):
    mailbox = a_mailbox(imap)
    for number in range(5):
        imap.deliver(a_mail(f"Mail {number}", number=f"{number}@x"))

    def poll(_number):
        try:
            return poll_mailbox(mailbox=mailbox, at=now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(poll, range(4)))

    assert Ticket.objects.count() == 5


def test_a_large_mail_is_not_fetched(imap, settings):
    settings.MAIL_MAX_BYTES = 2**20
    a_mailbox(imap)
    imap.deliver(a_mail("x" * 2**20))
    imap.deliver(a_mail("small", number="2@x"))

    poll_mailboxes(at=now())

    assert sorted(Mail.objects.incoming().values_list("state", flat=True)) == ["refused", "taken"]


def test_a_mailbox_that_fails_says_so_and_keeps_no_other_from_being_read(imap, settings):
    settings.MAIL_SECRETS = {"SUPPORT": "wrong", "OTHER": PASSWORD}
    wrong = a_mailbox(imap)
    right = MailboxFactory(code="other", user=USER, secret="OTHER", imap_host="127.0.0.1", imap_port=imap.port)
    imap.deliver(a_mail())

    poll_mailboxes(at=now())

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert "AUTHENTICATIONFAILED" in wrong.error
    assert wrong.failing_since
    assert (right.error, Ticket.objects.get().queue) == ("", right.queue)


def test_a_server_that_cannot_prove_itself_gets_no_password(imap, smtp, settings, no_worker):
    settings.MAIL_CA_FILE = ""
    mailbox = a_mailbox(imap, smtp)
    mail = an_answer(mailbox)

    poll_mailboxes(at=now())
    send_mails(at=now())

    mailbox.refresh_from_db()
    mail.refresh_from_db()
    assert "CERTIFICATE_VERIFY_FAILED" in mailbox.error
    assert "CERTIFICATE_VERIFY_FAILED" in mail.error
    assert mail.state == "queued"


def test_a_password_in_a_file_is_read_anew_each_time(imap, settings, tmp_path):
    kept = tmp_path / "password"
    settings.MAIL_SECRETS = {"SUPPORT": kept}
    kept.write_text("old")
    mailbox = a_mailbox(imap)
    poll_mailboxes(at=now())
    kept.write_text(f"{PASSWORD}\n")

    poll_mailboxes(at=now())

    mailbox.refresh_from_db()
    assert (mailbox.error, mailbox.failing_since) == ("", None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"imap_host": "evil.example"}, "imap_host"), ({"secret": "SECRET_KEY"}, "secret"),
     ({"smtp_host": "mail.example", "smtp_security": "none"}, "smtp_security")],
)  # fmt: skip
def test_a_mailbox_sends_passwords_nowhere_that_the_operator_does_not_name(wrong, field, settings):
    settings.MAIL_HOSTS = ["localhost", "mail.example"]
    mailbox = MailboxFactory.build(queue=None, user="x", secret="SUPPORT")
    for name, value in wrong.items():
        setattr(mailbox, name, value)

    with pytest.raises(ValidationError) as refused:
        save_mailbox(actor=UserFactory(role="administrator"), mailbox=mailbox)
    assert list(refused.value.message_dict) == [field]


def test_an_answer_is_queued_once_and_sent_once(smtp, no_worker):
    mail = an_answer(a_mailbox(smtp=smtp))
    assert queue_answer(message=mail.message, at=now()) == mail

    assert [send_mails(at=now()), send_mails(at=now())] == [1, 0]

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, len(smtp.mails)) == ("sent", 1, 1)
    assert smtp.mails[0].letter["Message-ID"] == f"<{mail.number}>"
    assert mail.original.open("rb").read().replace(b"\r\n", b"\n") == smtp.mails[0].raw.replace(b"\r\n", b"\n")


def test_an_answer_without_anybody_to_write_to_is_refused(smtp):
    a_mailbox(smtp=smtp)
    message = MessageFactory(ticket=TicketFactory(channel="email"), direction="out", channel="email")

    with pytest.raises(ValidationError, match="no e-mail address"):
        queue_answer(message=message, at=now())


def test_four_workers_send_twenty_mails_once_each(smtp, no_worker):
    mailbox = a_mailbox(smtp=smtp)
    for number in range(20):
        an_answer(mailbox, f"Answer {number}")

    def work(_number):
        try:
            return send_mails(at=now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(work, range(4)))

    assert (sent, len({mail.letter["Message-ID"] for mail in smtp.mails}), len(smtp.mails)) == (20, 20, 20)


@pytest.mark.parametrize("refusal", ["RCPT 451 try later", "DATA 452 full"])
def test_what_a_server_refuses_for_now_is_tried_again_later(smtp, no_worker, refusal):
    mail, smtp.refusals = an_answer(a_mailbox(smtp=smtp)), [refusal]

    send_mails(at=now())
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert send_mails(at=now()) == 0
    send_mails(at=now() + timedelta(minutes=2))

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error, len(smtp.mails)) == ("sent", 2, "", 1)


@pytest.mark.parametrize("refusal", ["RCPT 550 no such user", "DATA 554 spam"])
def test_what_a_server_refuses_for_good_is_shown_and_tried_again_by_a_person(smtp, no_worker, refusal):
    mail, smtp.refusals = an_answer(a_mailbox(smtp=smtp)), [refusal]

    send_mails(at=now())
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("failed", refusal.split(" ", 2)[2])
    retry_mail(actor=UserFactory(role="service_lead"), mail_id=mail.pk, at=now())
    send_mails(at=now())

    mail.refresh_from_db()
    assert (mail.state, len(smtp.mails)) == ("sent", 1)


def test_a_server_that_is_away_is_tried_eight_times_and_then_no_more(smtp, no_worker):
    mailbox = a_mailbox(smtp=smtp)
    Mailbox.objects.update(smtp_port=1)
    mail, at = an_answer(mailbox), now()

    waits = []
    for _turn in range(9):
        send_mails(at=at)
        mail.refresh_from_db()
        waits.append((mail.next_at - at).total_seconds() / 60)
        at += timedelta(hours=5)

    assert (mail.state, mail.attempts) == ("failed", 8)
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 64]


def test_a_line_that_breaks_after_the_content_leaves_a_mail_unsure_and_unrepeated(smtp, no_worker):
    mail, smtp.refusals = an_answer(a_mailbox(smtp=smtp)), ["cut"]

    for hours in range(3):
        send_mails(at=now() + timedelta(hours=hours))

    mail.refresh_from_db()
    assert (mail.state, len(smtp.mails)) == ("unsure", 1)


class Killed(BaseException):
    """A process that ends at once: nothing catches it."""


def dies(*_arguments, **_more):
    raise Killed


@pytest.mark.parametrize(
    ("line", "state", "mails"),
    [("write_letter", "queued", 0), ("_introduce", "queued", 0), ("smtplib.SMTP.data", "unsure", 0)],
)
def test_a_sender_that_dies_leaves_a_mail_that_is_sent_anew_or_shown(smtp, no_worker, monkeypatch, line, state, mails):
    mail = an_answer(a_mailbox(smtp=smtp))
    with monkeypatch.context() as patched:
        patched.setattr(line if "." in line else f"service.services.mail_sending.{line}", dies)
        with pytest.raises(Killed):
            send_mails(at=now())

    mail_sending.settle_silent(at=now())
    mail.refresh_from_db()
    assert mail.state in ("sending", "handed")  # who sends may only be slow
    mail_sending.settle_silent(at=now() + SILENCE * 2)
    mail.refresh_from_db()
    assert (mail.state, len(smtp.mails)) == (state, mails)


def test_a_sender_killed_after_the_server_took_the_mail_sends_no_second_one(smtp, no_worker):
    """kill -9 in a process of its own, between the server's yes and our note of it."""
    mailbox = a_mailbox(smtp=smtp)
    mail = an_answer(mailbox)

    ended = die_at("service.services.mail_sending._step", "send_mails", after=1)
    assert (ended, len(smtp.mails)) == (-signal.SIGKILL, 1)
    for minutes in (0, 30, 600):
        send_mails(at=now() + timedelta(minutes=minutes))

    mail.refresh_from_db()
    assert (mail.state, len(smtp.mails)) == ("unsure", 1)


def test_an_answer_of_the_customer_proves_that_an_unsure_mail_arrived(imap, smtp, no_worker):
    mailbox = a_mailbox(imap, smtp)
    mail = an_answer(mailbox)
    Mail.objects.filter(pk=mail.pk).update(state="unsure")
    imap.deliver(a_mail("Thanks", In_Reply_To=f"<{mail.number}>"))

    poll_mailboxes(at=now())

    mail.refresh_from_db()
    assert mail.state == "sent"


def test_a_report_through_the_server_marks_the_mail_that_came_back(imap, smtp, no_worker):
    mailbox = a_mailbox(imap, smtp)
    mail = an_answer(mailbox)
    send_mails(at=now())
    imap.deliver(report_on(mail.number))

    poll_mailboxes(at=now())

    mail.refresh_from_db()
    assert mail.state == "bounced"


def test_words_in_chinese_and_files_go_over_the_wire_whole(smtp, no_worker):
    from service.rules.letters import File
    from service.services.mail_taking import keep_file

    mail = an_answer(a_mailbox(smtp=smtp, signature_hans="客服部"), "您好，已发送。👍", language="zh-hans")
    keep_file(mail.message, File("对账单.pdf", b"%PDF-1.7 x"))

    send_mails(at=now())

    _whole, words, attached = smtp.mails[0].letter.walk()
    assert words_of(words) == "您好，已发送。👍\n\n-- \n客服部\n"
    assert (attached.get_content_type(), attached.get_payload(decode=True)) == ("application/pdf", b"%PDF-1.7 x")


def die_at(victim, function, *, after=0):
    """Run a service of the mails beside this process, which is killed at a call of a function of its module."""
    environment = {"MAIL_SECRET_SUPPORT": PASSWORD, "MAIL_CA_FILE": str(settings.MAIL_CA_FILE)}
    return run_and_die(f"module.{function}(at=timezone.now())", at=victim, after=after, environment=environment)


def test_the_time_that_a_mail_came_to_its_server_is_the_messages(imap):
    a_mailbox(imap)
    came = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    server = imap.signed_in()
    server.append("INBOX", None, came, a_mail())
    server.logout()

    poll_mailboxes(at=now())

    assert TicketMessage.objects.get().at == came
