"""Who hears that a mail did not go: the agent, else the leads; once for each time that it was tried."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from service.models import Mail
from service.services.mail_news import tell_of_mail
from service.services.mail_sending import SILENCE, send_mails, settle_silent
from service.services.mail_taking import take_mail
from service.services.outbox import queue_answer, retry_mail
from staff.models import Notification
from tests.factories.mails import MailboxFactory, MailFactory
from tests.factories.service import MessageFactory, TicketFactory
from tests.factories.staff import UserFactory
from tests.service.letters import CUSTOMER, report_on

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("service.tasks.mail.send_mails_task.delay_on_commit", lambda: None)


def an_answer(assignee=None, **more):
    """An answer that waits to be sent to a server that speaks no TLS and is not there."""
    mailbox = MailboxFactory(code="support", smtp_host="127.0.0.1", smtp_port=9, smtp_security="none")
    ticket = TicketFactory(channel="email", contact=CUSTOMER, assignee=assignee, queue=mailbox.queue, **more)
    message = MessageFactory(ticket=ticket, direction="out", channel="email", text="Sent today.")
    return queue_answer(message=message, at=NOW)


def heard():
    return list(Notification.objects.order_by("id").values_list("user", "title"))


def fail(mail, state="failed", at=NOW):
    mail.state, mail.claimed_at = state, at
    mail.save()
    return tell_of_mail(mail, at)


@pytest.mark.parametrize(
    ("state", "said"),
    [("failed", "was not sent"), ("unsure", "was perhaps not sent"), ("bounced", "came back")],
)
def test_the_agent_hears_once_with_a_link_and_without_the_customers_words(state, said):
    agent, _lead = UserFactory(role="service"), UserFactory(role="service_lead")
    mail = an_answer(agent, subject="王小明 owes 5000")

    assert [fail(mail, state), fail(mail, state)] == [1, 0]

    told = Notification.objects.get()
    assert (told.user, told.url, told.kind) == (agent, f"/service/mails/{mail.pk}/", "mail")
    assert told.title == f"{mail.ticket.reference}: an e-mail to the customer {said}"
    assert not any(word in f"{told.title}{told.body}" for word in (CUSTOMER, "王小明", "5000"))


@pytest.mark.parametrize("agent", ["nobody", "gone", "elsewhere"])
def test_without_an_agent_who_can_see_it_the_leads_hear(agent):
    lead, _other, _risk = UserFactory(role="service_lead"), UserFactory(role="service"), UserFactory(role="risk")
    person = None
    if agent == "gone":
        person = UserFactory(role="service", is_active=False)
    if agent == "elsewhere":
        person = UserFactory(role="service", regions=["Hubei"])

    fail(an_answer(person, region="Zhejiang"))

    assert [user for user, _title in heard()] == [lead.pk]


def test_a_mail_that_fails_again_after_it_was_sent_again_is_told_of_again():
    agent, lead = UserFactory(role="service"), UserFactory(role="service_lead")
    mail = an_answer(agent)
    fail(mail)

    retry_mail(actor=lead, mail_id=mail.pk, at=NOW)
    fail(Mail.objects.get(pk=mail.pk), at=NOW + timedelta(minutes=5))

    assert len(heard()) == 2


def test_a_server_that_never_answers_is_told_of_when_it_is_given_up_and_not_before():
    agent = UserFactory(role="service")
    mail = an_answer(agent)

    for turn in range(12):
        send_mails(at=timezone.now() + timedelta(hours=5 * turn))
        assert len(heard()) == (Mail.objects.get(pk=mail.pk).state == "failed")

    assert [user for user, _title in heard()] == [agent.pk]


def test_a_sender_that_died_while_it_handed_over_is_told_of_once():
    agent = UserFactory(role="service")
    mail = an_answer(agent)
    Mail.objects.filter(pk=mail.pk).update(state="handed", claimed_at=NOW)

    for _turn in range(2):
        settle_silent(at=NOW + SILENCE * 2)

    assert heard() == [(agent.pk, f"{mail.ticket.reference}: an e-mail to the customer was perhaps not sent")]


def test_a_delivery_report_is_told_of_once():
    agent = UserFactory(role="service")
    mail = an_answer(agent)
    Mail.objects.filter(pk=mail.pk).update(state="sent", claimed_at=NOW)

    for number in range(2):
        report = report_on(mail.number)
        raw = report if isinstance(report, bytes) else report.encode()
        take_mail(mailbox=mail.mailbox, raw=raw.replace(b"<report-", f"<report{number}-".encode()), at=NOW)

    assert heard() == [(agent.pk, f"{mail.ticket.reference}: an e-mail to the customer came back")]


def test_what_the_desk_writes_by_itself_makes_no_news():
    agent = UserFactory(role="service")
    ticket = TicketFactory(channel="email", assignee=agent)

    for kind in ("receipt", "rating", "refusal"):
        fail(MailFactory(direction="out", kind=kind, ticket=ticket))
    fail(MailFactory(direction="out", kind="answer", ticket=None))

    assert heard() == []


def test_a_mail_that_was_perhaps_sent_keeps_its_bytes():
    mail = an_answer(UserFactory(role="service"))
    mail.original.save("x.eml", ContentFile(b"From: us"), save=False)
    mail.size = 8

    from service.services.mail_sending import _end

    _end(mail, "unsure", "cut", NOW)

    kept = Mail.objects.get(pk=mail.pk)
    assert (kept.state, kept.size, kept.original.open("rb").read()) == ("unsure", 8, b"From: us")
