"""Tickets go to whoever has the skills and the least to do, and never to somebody without room."""

import signal
import threading
from collections import Counter

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import Event
from config.celery import app
from service.models import Agent, Ticket
from service.services.answers import CameInBetween, answer_ticket
from service.services.assignment import hand_out_waiting, set_availability
from service.services.tickets import open_ticket, set_status
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, QueueFactory, TicketFactory
from tests.killed import run_and_die

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


@pytest.mark.parametrize(
    ("scope", "gets"),
    [
        ({}, True),
        ({"regions": ["Zhejiang"]}, True),
        ({"regions": ["Yunnan"]}, False),
        ({"business_lines": ["fund", "payment"]}, True),
        ({"business_lines": ["fund"]}, False),
        ({"regions": ["Zhejiang"], "business_lines": ["insurance"]}, False),
    ],
)
def test_nobody_gets_the_ticket_of_a_customer_whom_they_do_not_see(scope, gets):
    queue = QueueFactory()
    agent = AgentFactory(queues=[queue], user=UserFactory(role="service", **scope))
    customer = PersonFactory(region="Zhejiang", lines=["payment"])

    ticket = opened(queue, customer=customer)
    stranger = opened(queue)

    assert (ticket.assignee == agent.user) == gets
    assert Ticket.objects.visible_to(agent.user).filter(pk=ticket.pk).exists() == gets
    assert stranger.assignee == agent.user


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


@pytest.fixture
def at_once():
    """What is queued for a worker is done as soon as it is."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def full_agent(queue, **more):
    """An agent who takes one ticket and has it, and that ticket."""
    agent = AgentFactory(queues=[queue], capacity=1, **more)
    return agent, TicketFactory(queue=queue, assignee=agent.user, status="open")


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_what_waits_is_handed_out_when_another_ticket_ends(status, at_once, django_capture_on_commit_callbacks):
    queue = QueueFactory()
    agent, theirs = full_agent(queue)
    low, urgent = opened(queue, priority=4), opened(queue, priority=1)
    assert {low.assignee, urgent.assignee} == {None}

    with django_capture_on_commit_callbacks(execute=True):
        set_status(actor=agent.user, ticket_id=theirs.pk, status=status, at=NOW)

    urgent.refresh_from_db()
    low.refresh_from_db()
    assert (urgent.assignee, urgent.status, low.assignee) == (agent.user, "open", None)


def test_a_change_that_leaves_no_room_hands_nothing_out(at_once, django_capture_on_commit_callbacks):
    queue = QueueFactory()
    agent, theirs = full_agent(queue)
    opened(queue)

    with django_capture_on_commit_callbacks() as waiting:
        set_status(actor=agent.user, ticket_id=theirs.pk, status="waiting", at=NOW)

    assert waiting == []


def test_who_is_away_gets_nothing_for_what_they_close(at_once, django_capture_on_commit_callbacks):
    queue = QueueFactory()
    agent, theirs = full_agent(queue, is_available=False)
    waiting = opened(queue)

    with django_capture_on_commit_callbacks(execute=True):
        set_status(actor=agent.user, ticket_id=theirs.pk, status="resolved", at=NOW)

    waiting.refresh_from_db()
    assert waiting.assignee is None


def test_languages_that_nobody_speaks_do_not_keep_the_others_waiting():
    queue = QueueFactory()
    agent = AgentFactory(queues=[queue], capacity=1, languages=["en"], is_available=False)
    for _turn in range(3):
        opened(queue, language="zh-hant", priority=1)
    english = opened(queue, language="en", priority=4)
    Agent.objects.filter(pk=agent.pk).update(is_available=True)

    assert hand_out_waiting(at=NOW) == 1

    english.refresh_from_db()
    assert english.assignee == agent.user


def test_a_queue_by_hand_one_out_of_use_and_a_merged_ticket_are_left_alone():
    agent_of = [QueueFactory(assignment="manual"), QueueFactory(), QueueFactory()]
    waiting = [opened(queue) for queue in agent_of]
    Ticket.objects.filter(pk=waiting[2].pk).update(merged_into=waiting[0].pk)
    AgentFactory(queues=agent_of)
    agent_of[1].is_active = False
    agent_of[1].save()

    assert hand_out_waiting(at=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_handing_out_twice_at_once_gives_each_ticket_once_and_nobody_too_much():
    queue = QueueFactory()
    waiting = [opened(queue) for _turn in range(5)]
    agents = [AgentFactory(queues=[queue], capacity=2) for _turn in range(2)]

    raised = in_parallel([lambda: hand_out_waiting(at=NOW)] * 4)

    assert not raised
    assert [Ticket.objects.filter(assignee=agent.user).count() for agent in agents] == [2, 2]
    assert Ticket.objects.filter(pk__in=[one.pk for one in waiting], assignee=None).count() == 1
    given = Event.objects.filter(
        action="service.ticket.assigned", table_name="service_ticket", body__contains="assignee"
    )
    assert sorted(Counter(given.values_list("pk_text", flat=True)).values()) == [1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_agents_of_the_same_queues_may_begin_to_take_work_at_once():
    queues = [QueueFactory(), QueueFactory()]
    agents = [AgentFactory(queues=queues, capacity=2, is_available=False) for _turn in range(4)]
    for queue in queues * 5:
        opened(queue)

    raised = in_parallel(
        [lambda one=one: set_availability(actor=one.user, available=True, at=NOW) for one in agents]
        + [lambda: hand_out_waiting(at=NOW)] * 2
    )

    assert not raised
    assert [Ticket.objects.filter(assignee=agent.user).count() for agent in agents] == [2, 2, 2, 2]


@pytest.mark.django_db(transaction=True)
def test_a_hand_out_that_is_killed_half_way_gives_nothing_and_the_next_one_everything():
    queue = QueueFactory()
    waiting = [opened(queue) for _turn in range(3)]
    agent = AgentFactory(queues=[queue], capacity=3)

    killed = run_and_die("module.hand_out_waiting(at=timezone.now())", at="service.services.assignment._give", after=2)

    assert killed == -signal.SIGKILL
    assert not Ticket.objects.filter(assignee=agent.user).exists()
    assert hand_out_waiting(at=NOW) == 3
    assert set(Ticket.objects.filter(assignee=agent.user)) == set(waiting)
