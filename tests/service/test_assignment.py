"""Tickets go to whoever has the skills and the least to do, and never to somebody without room."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from service.models import Agent, Ticket
from service.services.answers import CameInBetween, answer_ticket
from service.services.assignment import set_availability
from service.services.tickets import open_ticket
from tests.factories import UserFactory
from tests.factories.service import AgentFactory, QueueFactory, TicketFactory

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def opened(queue, **more):
    return open_ticket(actor=None, channel="app", subject="Where is it?", at=NOW, queue=queue, **more)


def test_the_one_with_the_least_for_what_they_take_gets_it():
    queue = QueueFactory()
    busy, free = AgentFactory(queues=[queue], capacity=2), AgentFactory(queues=[queue], capacity=20)
    TicketFactory(assignee=busy.user)
    TicketFactory.create_batch(2, assignee=free.user)

    ticket = opened(queue)

    assert (ticket.assignee, ticket.status) == (free.user, "open")


@pytest.mark.parametrize(
    "agent",
    [
        {"is_available": False},
        {"skills": ["cards"]},
        {"capacity": 1},
        {"languages": ["zh-hans"], "skills": ["cards", "loans"]},
    ],
)
def test_nobody_gets_it_who_is_away_lacks_a_skill_or_language_or_has_no_room(agent):
    queue = QueueFactory(skills=["cards", "loans"])
    one = AgentFactory(queues=[queue], **{"skills": ["cards", "loans"], "languages": ["en"], **agent})
    TicketFactory(assignee=one.user)

    assert opened(queue, language="en").assignee is None


def test_a_queue_that_is_given_out_by_hand_waits():
    queue = QueueFactory(assignment="manual")
    AgentFactory(queues=[queue])

    assert opened(queue).assignee is None


def test_somebody_of_another_queue_gets_nothing():
    AgentFactory(queues=[QueueFactory()])

    assert opened(QueueFactory()).assignee is None


def test_who_begins_to_take_work_is_given_what_waits_the_gravest_first_and_up_to_their_room():
    queue = QueueFactory()
    agent = AgentFactory(queues=[queue], capacity=2, is_available=False)
    low, urgent, high = (opened(queue, priority=priority) for priority in (4, 1, 2))

    set_availability(actor=agent.user, available=True, at=NOW)

    assert set(Ticket.objects.filter(assignee=agent.user)) == {urgent, high}
    low.refresh_from_db()
    assert low.assignee is None
    assert Agent.objects.get().available_since == NOW


def in_parallel(calls):
    """Run all calls at the same moment, each on its own connection; return what they raised."""
    start, raised = threading.Barrier(len(calls)), []

    def run(call):
        try:
            start.wait(10)
            call()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    return raised


@pytest.mark.django_db(transaction=True)
def test_tickets_at_once_never_give_anybody_more_than_they_take():
    queue = QueueFactory()
    agents = [AgentFactory(queues=[queue], capacity=2) for _turn in range(2)]

    raised = in_parallel([lambda: opened(queue)] * 6)

    assert not raised
    assert [Ticket.objects.filter(assignee=agent.user).count() for agent in agents] == [2, 2]
    assert Ticket.objects.unassigned().count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_sent_and_the_other_comes_back():
    ticket = TicketFactory()
    agents = [UserFactory(role="service") for _turn in range(2)]

    def answer(agent):
        return lambda: answer_ticket(
            actor=agent, ticket_id=ticket.pk, direction="out", text="It is on its way", seen=0, at=NOW
        )

    raised = in_parallel([answer(agent) for agent in agents])

    assert [type(error) for error in raised] == [CameInBetween]
    assert ticket.messages.count() == 1
