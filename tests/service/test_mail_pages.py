import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from audit.models import Event
from customers.encryption import email_index
from customers.rules.masking import mask_email
from service.models import Mail, Mailbox
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailboxFactory, MailFactory
from tests.factories.service import MessageFactory, QueueFactory, TicketFactory
from tests.factories.staff import UserFactory
from tests.service.letters import CUSTOMER, a_mail
from tests.service.mail_servers import PASSWORD, USER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("page", ["mail_list", "mailbox_list"])
def test_a_list_costs_the_same_queries_for_any_length(client, django_assert_max_num_queries, page):
    client.force_login(UserFactory(role="service_lead"))
    url, costs = reverse(f"service:{page}"), []
    client.get(url)
    for _turn in range(2):
        MailFactory(ticket=TicketFactory(customer=PersonFactory()))
        with django_assert_max_num_queries(40) as counted:
            answer = client.get(url, headers={"HX-Request": "true", "HX-Target": "rows"})
        assert answer.status_code == 200
        costs.append(len(counted))
        MailFactory.create_batch(2)

    assert costs[0] == costs[1]


def test_the_log_shows_no_address_in_full(client):
    customer = PersonFactory()
    mail = MailFactory(
        peer=CUSTOMER, subject=f"From {CUSTOMER}", text=f"I am {CUSTOMER}", ticket=TicketFactory(customer=customer)
    )
    client.force_login(UserFactory(role="service"))

    pages = [client.get(reverse("service:mail_list")), client.get(reverse("service:mail_detail", args=[mail.pk]))]

    assert all(CUSTOMER not in page.content.decode() for page in pages)
    assert mask_email(CUSTOMER) in pages[0].content.decode()


def test_hostile_words_are_shown_as_words(client):
    mail = MailFactory(subject="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    client.force_login(UserFactory(role="service"))

    text = client.get(reverse("service:mail_detail", args=[mail.pk])).content.decode()

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;" in text


def test_an_original_is_a_file_that_the_log_knows_of(client):
    mail = MailFactory()
    mail.original.save("x.eml", ContentFile(b"<html><script>alert(1)</script>"))
    client.force_login(UserFactory(role="service_lead"))

    answer = client.get(reverse("service:mail_original", args=[mail.pk]))

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="mail-{mail.pk}.eml"'
    assert answer.content.startswith(b"<html>")
    assert Event.objects.filter(kind="export", table_name="service_mail", pk_text=str(mail.pk)).count() == 1


def test_an_agent_opens_no_original(client):
    mail = MailFactory()
    client.force_login(UserFactory(role="service"))

    assert client.get(reverse("service:mail_original", args=[mail.pk])).status_code == 403


def test_a_lead_sends_a_failed_mail_again_and_an_agent_does_not(client):
    mail = MailFactory(direction="out", state="failed", kind="answer", error="550 no")
    client.force_login(UserFactory(role="service"))
    assert client.post(reverse("service:mail_retry", args=[mail.pk])).status_code == 403
    client.force_login(UserFactory(role="service_lead"))

    client.post(reverse("service:mail_retry", args=[mail.pk]))

    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("queued", "")


def test_a_sent_mail_is_not_sent_again(client):
    mail = MailFactory(direction="out", state="sent", kind="answer")
    client.force_login(UserFactory(role="service_lead"))

    client.post(reverse("service:mail_retry", args=[mail.pk]))

    mail.refresh_from_db()
    assert mail.state == "sent"


def test_a_lead_notes_that_an_unsure_mail_arrived(client):
    mail = MailFactory(direction="out", state="unsure", kind="answer")
    client.force_login(UserFactory(role="service_lead"))

    client.post(reverse("service:mail_settle", args=[mail.pk]))

    mail.refresh_from_db()
    assert mail.state == "sent"


def test_a_kept_mail_is_made_a_ticket_on_its_page(client):
    mail = MailFactory(ticket=None, state="kept", kind="list", peer=CUSTOMER, peer_index=email_index(CUSTOMER))
    mail.original.save("x.eml", ContentFile(a_mail("Help me", List_Id="<x.y>")))
    client.force_login(UserFactory(role="service"))

    client.post(reverse("service:mail_take", args=[mail.pk]))

    mail.refresh_from_db()
    assert (mail.ticket.subject, mail.message.text) == ("A transfer", "Help me")


def entered(**more):
    return {
        "code": "support", "address": "Support@Meridian.example", "name": "Support", "queue": QueueFactory().pk,
        "is_active": "on", "user": USER, "secret": "SUPPORT", "imap_host": "127.0.0.1", "imap_port": 993,
        "imap_security": "tls", "imap_folder": "INBOX", "smtp_host": "", "smtp_port": 587, "smtp_security": "starttls",
        **more,
    }  # fmt: skip


def test_a_mailbox_is_set_up_by_an_administrator(client, settings):
    settings.MAIL_SECRETS = {"SUPPORT": PASSWORD}
    client.force_login(UserFactory(role="administrator"))

    answer = client.post(reverse("service:mailbox_create"), entered())

    box = Mailbox.objects.get()
    assert answer.status_code == 302
    assert (box.address, box.secret) == ("support@meridian.example", "SUPPORT")


def test_a_server_that_the_operator_does_not_name_is_refused_beside_its_field(client, settings):
    settings.MAIL_SECRETS = {"SUPPORT": PASSWORD}
    client.force_login(UserFactory(role="administrator"))

    answer = client.post(reverse("service:mailbox_create"), entered(imap_host="evil.example"))

    assert answer.status_code == 422
    assert "MAIL_HOSTS" in answer.content.decode()
    assert not Mailbox.objects.exists()


def test_no_page_shows_a_password(client, settings):
    settings.MAIL_SECRETS = {"SUPPORT": PASSWORD}
    box = MailboxFactory(user=USER, secret="SUPPORT")
    client.force_login(UserFactory(role="administrator"))

    for page in ("mailbox_detail", "mailbox_edit"):
        assert PASSWORD not in client.get(reverse(f"service:{page}", args=[box.pk])).content.decode()


def test_testing_a_connection_really_signs_in(client, settings, imap, smtp, certificate):
    settings.MAIL_SECRETS = {"SUPPORT": PASSWORD, "WRONG": "wrong"}
    settings.MAIL_CA_FILE = str(certificate[0])
    box = MailboxFactory(
        user=USER,
        secret="SUPPORT",
        imap_host="127.0.0.1",
        imap_port=imap.port,
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
    )
    imap.deliver(a_mail())
    client.force_login(UserFactory(role="administrator"))

    good = client.post(reverse("service:mailbox_test", args=[box.pk]), follow=True).content.decode()
    Mailbox.objects.update(secret="WRONG")
    bad = client.post(reverse("service:mailbox_test", args=[box.pk]), follow=True).content.decode()

    assert "Signed in; 1 unread." in good
    assert "Signed in." in good
    assert "AUTHENTICATIONFAILED" in bad
    assert "535" in bad
    assert not Mail.objects.exists()


def test_an_answer_on_the_page_of_a_ticket_goes_out_by_mail_and_says_how_it_fared(client):
    mail = MailFactory(mailbox=MailboxFactory(smtp_host="127.0.0.1"), peer=CUSTOMER, peer_index=email_index(CUSTOMER))
    client.force_login(UserFactory(role="service"))
    url = reverse("service:ticket_detail", args=[mail.ticket.reference])

    client.post(url, {"direction": "out", "text": "Sent today.", "status": "", "seen": 0})

    answer = Mail.objects.outgoing().get()
    assert (answer.state, answer.kind, answer.peer, answer.message.text) == (
        "queued",
        "answer",
        CUSTOMER,
        "Sent today.",
    )
    assert "Waits to be sent" in client.get(url).content.decode()


def test_a_stranger_in_the_thread_is_marked_on_the_page(client):
    ticket = TicketFactory(channel="email")
    note = MessageFactory(ticket=ticket, direction="note", channel="email", text="Pay it to me")
    MailFactory(ticket=ticket, message=note, kind="stranger", state="kept")
    client.force_login(UserFactory(role="service"))

    text = client.get(reverse("service:ticket_detail", args=[ticket.reference])).content.decode()

    assert "From somebody else" in text
    assert "Came by itself" in text
    assert 'hx-get="/service/articles/suggest/' in text
