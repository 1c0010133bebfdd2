"""Words of people who are no customers go when their time is over; a customer's, a complaint's and what is open stay."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from audit.models import Event
from customers.models import PrivacyRule
from customers.rules.deadlines import span_before
from service.models import Mail, MessageFile, Ticket
from service.services.strangers import forget_strangers
from service.services.tickets import set_status
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailFactory
from tests.factories.service import ChatFactory, MessageFactory, TicketFactory
from tests.factories.staff import UserFactory

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=400), NOW - timedelta(days=300)
WORDS = "I am 王小明, call 13812345678"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def stray(at=OLD, ticket=None, **more):
    mail = MailFactory(ticket=ticket, at=at, subject=WORDS, text=WORDS, quoted=WORDS, error=WORDS, **more)
    mail.original.save("x.eml", ContentFile(WORDS.encode()))
    return mail


def ended(at=OLD, status="closed", **more):
    ticket = TicketFactory(
        channel="email", subject=WORDS, contact="a@b.example", status=status, opened_at=at, resolved_at=at,
        closed_at=at if status == "closed" else None, **more,
    )  # fmt: skip
    message = MessageFactory(ticket=ticket, text=WORDS)
    kept = MessageFile(message=message, name="王小明.pdf", media_type="application/pdf", size=5, sha256="0" * 64)
    kept.file.save("y.pdf", ContentFile(b"%PDF-"))
    return ticket


def is_empty(mail):
    mail = Mail.objects.get(pk=mail.pk)
    return not any([mail.peer, mail.peer_index, mail.subject, mail.text, mail.quoted, mail.error, mail.original])


def test_mails_of_no_ticket_lose_their_words_once_and_stay_in_the_log():
    old, young = stray(), stray(at=YOUNG)

    assert [forget_strangers(at=NOW), forget_strangers(at=NOW)] == [1, 0]

    assert (is_empty(old), is_empty(young)) == (True, False)
    kept = Mail.objects.get(pk=old.pk)
    assert (kept.at, kept.state, kept.number) == (OLD, "taken", old.number)
    event = Event.objects.filter(table_name="service_mail", pk_text=str(old.pk)).latest("id")
    assert event.action == "service.stranger.forgotten"


@pytest.mark.django_db(transaction=True)
def test_files_go_from_disk():
    mail, ticket = stray(), ended()
    paths = [mail.original.path, *(one.file.path for one in MessageFile.objects.filter(message__ticket=ticket))]
    assert all(Path(path).exists() for path in paths)

    forget_strangers(at=NOW)

    assert not any(Path(path).exists() for path in paths)
    assert set(MessageFile.objects.values_list("name", "file")) == {("–", "")}


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_a_ticket_of_nobody_loses_its_words_after_its_end(status):
    ticket = ended(status=status)
    chat = ChatFactory(ticket=ticket, visitor_name="王小明")
    mail = stray(ticket=ticket, at=NOW)

    assert forget_strangers(at=NOW) == 1

    ticket.refresh_from_db()
    chat.refresh_from_db()
    assert (ticket.subject, ticket.contact, ticket.messages.get().text, chat.visitor_name) == ("–", None, "–", None)
    assert (ticket.status, is_empty(mail)) == (status, True)


def test_what_is_open_a_customers_a_complaints_or_young_stays():
    kept = [
        ended(customer=PersonFactory()), ended(kind="complaint"), ended(at=YOUNG),
        TicketFactory(subject=WORDS, opened_at=OLD), TicketFactory(subject=WORDS, opened_at=OLD, status="waiting"),
    ]  # fmt: skip
    mails = [stray(ticket=one) for one in kept]

    assert forget_strangers(at=NOW) == 0

    assert set(Ticket.objects.values_list("subject", flat=True)) == {WORDS}
    assert not any(is_empty(one) for one in mails)


def test_a_ticket_that_was_opened_again_counts_from_its_new_end():
    ticket = ended(status="resolved")
    agent = UserFactory(role="service")
    set_status(actor=agent, ticket_id=ticket.pk, status="open", at=YOUNG)
    assert forget_strangers(at=NOW) == 0
    set_status(actor=agent, ticket_id=ticket.pk, status="resolved", at=YOUNG)

    assert forget_strangers(at=NOW) == 0
    assert forget_strangers(at=YOUNG + timedelta(days=370)) == 1


def test_a_mail_that_waits_to_be_sent_keeps_its_words():
    waiting = stray(direction="out", state="queued")

    assert (forget_strangers(at=NOW), is_empty(waiting)) == (0, False)


def test_the_rule_says_how_long_and_without_one_nothing_goes(as_owner_of_rules):
    mail = stray(at=NOW - timedelta(days=10))
    as_owner_of_rules(PrivacyRule.objects.filter(code="retention_strangers").delete)
    assert forget_strangers(at=NOW) == 0

    as_owner_of_rules(
        lambda: PrivacyRule.objects.create(
            code="retention_strangers", value=9, unit="days", valid_from=date(2026, 1, 1)
        )
    )
    assert (forget_strangers(at=NOW), is_empty(mail)) == (1, True)


@pytest.fixture
def as_owner_of_rules():
    from tests.factories.staff import past_the_guards

    def does(work):
        with past_the_guards():
            work()

    return does


@pytest.mark.parametrize(
    ("end", "value", "unit", "before"),
    [
        ("2026-11-25", 12, "months", "2025-11-25"), ("2024-02-29", 1, "years", "2023-02-28"),
        ("2026-03-31", 1, "months", "2026-02-28"), ("2026-03-01", 1, "days", "2026-02-28"),
    ],
)  # fmt: skip
def test_a_span_counted_backwards(end, value, unit, before):
    assert span_before(date.fromisoformat(end), value, unit) == date.fromisoformat(before)


def test_working_days_are_no_span_of_keeping():
    with pytest.raises(ValueError, match="no span of keeping"):
        span_before(date(2026, 1, 1), 5, "working_days")


def test_the_page_of_a_mail_says_how_long_its_words_are_kept(client):
    client.force_login(UserFactory(role="service_lead"))

    pages = [
        client.get(f"/service/mails/{mail.pk}/").content.decode()
        for mail in (stray(), stray(ticket=ended()), stray(ticket=ended(customer=PersonFactory())))
    ]

    assert "12 months after it came or went" in pages[0]
    assert "12 months after the ticket has ended" in pages[1]
    assert "as long as the ticket" in pages[2]
