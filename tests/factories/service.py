import hashlib

import factory
from django.utils import timezone

from service.models import Agent, Chat, Queue, QueueMember, Ticket, TicketMessage
from tests.factories.staff import UserFactory


class QueueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Queue

    code = factory.Sequence(lambda n: f"queue-{n}")
    name = factory.Sequence(lambda n: f"Queue {n}")


class AgentFactory(factory.django.DjangoModelFactory):
    """Somebody of customer service who takes new work; `AgentFactory(queues=[queue])` works in those."""

    class Meta:
        model = Agent
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory, role="service")
    is_available = True

    @factory.post_generation
    def queues(self, create, extracted, **kwargs):
        for queue in extracted or []:
            QueueMember.objects.create(queue=queue, agent=self)


class TicketFactory(factory.django.DjangoModelFactory):
    """A new ticket that came by telephone from nobody the company knows."""

    class Meta:
        model = Ticket
        skip_postgeneration_save = True

    channel = "phone"
    subject = factory.Sequence(lambda n: f"Where is my transfer {n}")
    opened_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def numbered(self, create, extracted, **kwargs):
        self.refresh_from_db(fields=["reference"])


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TicketMessage

    ticket = factory.SubFactory(TicketFactory)
    direction = "in"
    channel = factory.SelfAttribute("ticket.channel")
    text = "I have waited for three days."
    at = factory.LazyFunction(timezone.now)


class ChatFactory(factory.django.DjangoModelFactory):
    """A chat that waits; `ChatFactory(agent=user, state="active")` is with somebody."""

    class Meta:
        model = Chat

    ticket = factory.SubFactory(TicketFactory, channel="chat")
    token_sha256 = factory.Sequence(lambda n: hashlib.sha256(_token(n).encode()).hexdigest())
    visitor_name = "Ann"
    opened_at = waiting_since = seen_at = factory.LazyFunction(timezone.now)


def _token(number: int) -> str:
    return f"{number:043}"
