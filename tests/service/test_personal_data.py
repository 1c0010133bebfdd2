"""Tickets are part of what a person is told about themselves, and of what goes when they are erased."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from customers.models import Customer
from customers.services.access_packages import package_of
from customers.services.erasing import erase_notes
from service.models import MessageFile
from service.services.messages import add_message
from service.services.tickets import open_ticket
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory

SAID = "My card 6222021234567890 was charged twice, says 王小明"


@pytest.fixture
def ticket(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    made = open_ticket(
        actor=None, channel="email", subject=SAID, at=timezone.now(), customer=PersonFactory(), contact="a@example.com"
    )
    message = add_message(actor=None, ticket_id=made.pk, direction="in", text=SAID, at=timezone.now())
    clerk = UserFactory(role="service")
    add_message(actor=clerk, ticket_id=made.pk, direction="note", text="Sounds tense", at=timezone.now())
    kept = MessageFile(message=message, name="王小明.pdf", media_type="application/pdf", size=5, sha256="0" * 64)
    kept.file.save("x.pdf", ContentFile(b"%PDF-"))
    return made


@pytest.mark.django_db
def test_the_package_holds_tickets_and_messages_and_no_internal_note(ticket):
    told = package_of(Customer.objects.get(pk=ticket.customer_id), at=timezone.now())

    assert [row["subject"] for row in told["tickets"]] == [SAID]
    assert [(row["ticket"], row["text"]) for row in told["messages"]] == [(ticket.reference, SAID)]


@pytest.mark.django_db
def test_another_persons_tickets_are_not_in_it(ticket):
    assert package_of(PersonFactory(), at=timezone.now())["tickets"] == []


@pytest.mark.django_db(transaction=True)
def test_erasure_takes_words_contact_and_files(ticket):
    path = MessageFile.objects.get().file.path

    touched = set(erase_notes(Customer.objects.get(pk=ticket.customer_id)))

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.contact) == ("–", None)
    assert set(ticket.messages.values_list("text", flat=True)) == {"–"}
    assert (MessageFile.objects.get().name, MessageFile.objects.get().file.name) == ("–", "")
    assert ("service_ticket", ticket.pk) in touched
    with pytest.raises(FileNotFoundError):
        open(path).close()
