import factory
from django.utils import timezone

from customers.encryption import email_index
from service.models import Mail, Mailbox
from tests.factories.service import QueueFactory, TicketFactory


class MailboxFactory(factory.django.DjangoModelFactory):
    """An address that is written to; `MailboxFactory(smtp_host="127.0.0.1")` writes back."""

    class Meta:
        model = Mailbox

    code = factory.Sequence(lambda n: f"support{n or ''}")
    address = factory.LazyAttribute(lambda o: f"{o.code}@meridian.example")
    name = "Meridian Support"
    queue = factory.SubFactory(QueueFactory)


class MailFactory(factory.django.DjangoModelFactory):
    """A mail that has become a message."""

    class Meta:
        model = Mail

    mailbox = factory.SubFactory(MailboxFactory)
    direction = "in"
    state = "taken"
    kind = "person"
    key = factory.Sequence(lambda n: f"{n:064d}")
    number = factory.Sequence(lambda n: f"{n}@mail.example")
    peer = "someone@mail.example"
    peer_index = factory.LazyAttribute(lambda o: email_index(o.peer))
    subject = "Where is my transfer"
    ticket = factory.SubFactory(TicketFactory, channel="email")
    at = factory.LazyFunction(timezone.now)
