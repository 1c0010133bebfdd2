"""Who gets a ticket that waits: the agent with the skills and the least to do, never more than they take at once.

Agents are locked in the order of their numbers before anything is counted, and tickets that wait are only taken where
nobody holds them: whoever hands out at the same moment waits for the first, and then counts what it gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from audit.services import name_act
from service.models import Agent, Assignment, Queue, Ticket, TicketStatus
from service.services.tickets import changed
from service.sql import statement
from service.tasks.assignment import hand_out_task
from staff.models import User


def assign_on_opening(ticket: Ticket, at: datetime) -> None:
    """Give a new ticket to somebody at once, where its queue does so and somebody has room."""
    if ticket.queue_id and ticket.queue.assignment == Assignment.LOAD and not ticket.assignee_id:  # type: ignore[union-attr]
        _locked([ticket.queue_id])
        chosen = next_agent(ticket)
        if chosen:
            _give(ticket, chosen, at)


def follow_ended(ticket: Ticket, at: datetime) -> None:
    """A ticket that has ended leaves room: what waits is handed out once that is committed. Stands in AFTER_CHANGE."""
    if ticket.assignee_id and not ticket.is_open:
        hand_out_task.delay_on_commit()


def _locked(queues: Collection[int]) -> None:
    """Lock whoever works in these queues until the transaction ends, all in one order."""
    agents = Agent.objects.filter(pk__in=Agent.objects.filter(queues__queue__in=queues).values("pk"))
    list(agents.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def next_agent(ticket: Ticket) -> int | None:
    """Return the user who gets the ticket, or None where nobody has room. The queue's agents are locked by then."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("assignment_candidates"),
            {
                "queue": ticket.queue_id,
                "language": ticket.language,
                "customer": ticket.customer_id,
                "region": ticket.region,
                "line": ticket.line,
            },
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _give(ticket: Ticket, user_id: int, at: datetime) -> None:
    name_act("service.ticket.assigned")
    ticket.assignee_id = user_id
    if ticket.status == TicketStatus.NEW:
        ticket.status = TicketStatus.OPEN
    ticket.save(update_fields=["assignee", "status"])


@transaction.atomic
def set_availability(*, actor: User, available: bool, at: datetime) -> Agent | None:
    """Say whether somebody takes new work; who begins to is given what waits in their queues, up to what they take."""
    queues = list(Queue.objects.filter(members__agent__user=actor).order_by("pk").values_list("pk", flat=True))
    _locked(queues)
    agent = Agent.objects.select_for_update().filter(user=actor).first()
    if agent is None or agent.is_available == available:
        return agent
    name_act("service.agent.available" if available else "service.agent.away")
    agent.is_available, agent.available_since = available, at if available else None
    agent.save(update_fields=["is_available", "available_since"])
    if available:
        _hand_out(queues, at)
    return agent


def hand_out_waiting(*, at: datetime) -> int:
    """Give what waits in every queue to whoever has room; return how many tickets. Doing it again gives nothing twice."""
    waiting = _waiting().order_by("queue").values_list("queue", flat=True).distinct()
    return sum(hand_out(queue_id=queue_id, at=at) for queue_id in list(waiting))


@transaction.atomic
def hand_out(*, queue_id: int, at: datetime) -> int:
    """Give what waits in one queue to whoever has room, the gravest and most urgent first; return how many."""
    _locked([queue_id])
    return _hand_out([queue_id], at)


def _hand_out(queues: Sequence[int], at: datetime) -> int:
    """Hand out while the agents of the queues are locked. What somebody else holds at this moment is left to them."""
    fits, room = _room(queues)
    if not room:
        return 0
    waiting = _waiting().filter(fits).order_by("priority", "due_at", "pk")
    given = 0
    for ticket in waiting.select_for_update(of=("self",), skip_locked=True)[:room]:
        chosen = next_agent(ticket)
        if chosen is not None:
            _give(ticket, chosen, at)
            changed(ticket, at)
            given += 1
    return given


def _waiting():
    """Tickets that nobody has, in queues that give them to whoever has the least to do."""
    return Ticket.objects.open().unassigned().filter(queue__assignment=Assignment.LOAD, queue__is_active=True)


def _room(queues: Sequence[int]) -> tuple[Q, int]:
    """Return which tickets somebody has room for, by queue and language, and for how many at most."""
    languages: dict[int, set[str] | None] = defaultdict(set)
    room: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement("assignment_room"), {"queues": list(queues)})
        for queue_id, user_id, spoken, left in cursor.fetchall():
            room[user_id] = left
            known = languages[queue_id]
            # Whoever names no language answers in all of them.
            languages[queue_id] = None if known is None or not spoken else known | set(spoken)
    fits = Q(pk__in=[])
    for queue_id, spoken in languages.items():
        fits |= Q(queue=queue_id) & (Q() if spoken is None else Q(language__in=["", *spoken]))
    return fits, sum(room.values())
