"""Steps of an escalation: once each, also where the clock ticks twice, in parallel, or dies in the middle."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from audit.models import Event
from service.models import BusinessCalendar, EscalationStep, SlaPolicy, Ticket
from service.services import escalations
from service.services.clocks import mark_passed
from service.services.escalations import escalate_due
from service.services.tickets import open_ticket, set_status
from staff.models import Notification
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, QueueFactory
from tests.factories.staff import UserFactory, past_the_guards

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)  # Wednesday, 09:30 in Shanghai
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
pytestmark = pytest.mark.django_db(transaction=True)


def step(percent, action, after=0, **more):
    return {"kind": "resolution", "percent": percent, "after": after, "action": action, **more}


def policy(*steps, minutes=100):
    with past_the_guards():
        return SlaPolicy.objects.create(
            code="own", name="Own", valid_from=date(2020, 1, 1), rank=10, steps=list(steps),
            calendar=BusinessCalendar.objects.get(code="office-cn"),
            targets={str(priority): {"resolution": minutes} for priority in (2, 3)},
        )  # fmt: skip


def opened(**more):
    return open_ticket(actor=None, **{"channel": "app", "subject": "Where is my money?", "at": NOW, **more})


def heard(person):
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("title", flat=True))


def at_once(*calls):
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_each_step_is_taken_when_its_share_of_open_time_is_used():
    policy(step(50, "notify_assignee"), step(80, "notify_lead"), step(100, "notify_lead", 60))
    agent, lead = UserFactory(role="service"), UserFactory(role="service_lead")
    ticket = opened(assignee=agent)

    taken = [escalate_due(at=NOW + minutes * MINUTE) for minutes in (49, 50, 51, 79, 80, 100, 150, 249, 250)]

    # 09:30 and 150 open minutes is noon; lunch is until 13:30, so the last step is due at 13:40.
    assert taken == [0, 1, 0, 0, 1, 0, 0, 0, 1]
    assert heard(agent) == [f"{ticket.reference}: 50% of the time for Resolution is used"]
    assert heard(lead) == [
        f"{ticket.reference}: 80% of the time for Resolution is used", f"{ticket.reference}: Resolution is overdue",
    ]  # fmt: skip


def test_what_was_missed_is_taken_at_once_and_in_order():
    policy(step(100, "notify_lead"), step(50, "notify_lead"), step(80, "notify_lead"))
    opened()

    assert escalate_due(at=NOW + 48 * HOUR) == 3
    assert list(EscalationStep.objects.values_list("step", flat=True)) == [
        f"resolution:{percent}:0:notify_lead" for percent in (50, 80, 100)
    ]


def test_a_clock_that_stands_still_or_was_met_raises_no_alarm():
    policy(step(50, "notify_lead"))
    waiting, done, agent = opened(), opened(), UserFactory(role="service")
    set_status(actor=agent, ticket_id=waiting.pk, status="waiting", at=NOW + MINUTE)
    set_status(actor=agent, ticket_id=done.pk, status="resolved", at=NOW + MINUTE)

    assert escalate_due(at=NOW + 48 * HOUR) == 0


def test_without_an_agent_the_people_of_the_queue_hear_of_it_and_nobody_elsewhere():
    policy(step(50, "notify_assignee"), step(60, "notify_lead"))
    queue = QueueFactory(assignment="manual")
    here, there = AgentFactory(queues=[queue]).user, AgentFactory(queues=[queue], user__regions=["Hubei"]).user
    leads = [UserFactory(role="service_lead"), UserFactory(role="service_lead", regions=["Hubei"])]
    opened(queue=queue, customer=PersonFactory(region="Zhejiang"))

    escalate_due(at=NOW + 60 * MINUTE)

    assert [len(heard(person)) for person in (here, there, *leads)] == [1, 0, 1, 0]


def test_a_step_moves_the_ticket_to_a_queue_and_raises_its_priority():
    queue = QueueFactory()
    policy(step(50, "reassign", queue=queue.code), step(60, "raise_priority"), step(70, "reassign", queue="gone"))
    ticket = opened(assignee=UserFactory(role="service"))

    assert escalate_due(at=NOW + 75 * MINUTE) == 3

    ticket.refresh_from_db()
    assert (ticket.queue, ticket.assignee, ticket.priority) == (queue, None, 2)
    assert Event.objects.filter(table_name="service_ticket", action="service.ticket.escalated_reassign").count() == 1


def test_a_tick_twice_and_in_parallel_takes_each_step_once():
    policy(step(50, "notify_lead"), step(80, "raise_priority"))
    lead = UserFactory(role="service_lead")
    ticket = opened()

    taken = at_once(*[lambda: escalate_due(at=NOW + 90 * MINUTE)] * 4)

    assert sum(taken) == 2
    assert escalate_due(at=NOW + 90 * MINUTE) == 0
    ticket.refresh_from_db()
    assert (len(heard(lead)), ticket.priority, EscalationStep.objects.count()) == (1, 2, 2)


def test_what_dies_in_the_middle_leaves_nothing_and_the_next_tick_does_it(monkeypatch):
    policy(step(50, "raise_priority"))
    ticket, raises = opened(), escalations.ACTS["raise_priority"]

    def dies(*arguments):
        raises(*arguments)
        with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
        return 0

    monkeypatch.setitem(escalations.ACTS, "raise_priority", dies)
    with pytest.raises(OperationalError):
        escalate_due(at=NOW + HOUR)
    connection.close()
    ticket.refresh_from_db()
    assert (ticket.priority, EscalationStep.objects.count()) == (3, 0)

    monkeypatch.setitem(escalations.ACTS, "raise_priority", raises)
    assert escalate_due(at=NOW + HOUR) == 1
    ticket.refresh_from_db()
    assert ticket.priority == 2


def test_a_ticket_that_somebody_holds_is_left_for_the_next_minute():
    policy(step(50, "notify_lead"))
    ticket = opened()

    from django.db import transaction

    with transaction.atomic():
        Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        assert at_once(lambda: escalate_due(at=NOW + HOUR)) == [0]

    assert escalate_due(at=NOW + HOUR) == 1


def test_marking_in_parallel_marks_once():
    policy(step(50, "notify_lead"))
    opened()

    marked = at_once(*[lambda: mark_passed(at=NOW + 3 * HOUR)] * 3)

    assert sum(marked) >= 1
    assert mark_passed(at=NOW + 3 * HOUR) == 0
