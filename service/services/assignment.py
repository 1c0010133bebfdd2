"""Who gets a ticket that waits: the agent with the skills and the least to do, never more than they take at once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from audit.services import name_act
from service.models import Agent, Assignment, Ticket, TicketStatus
from service.services.tickets import changed
from service.sql import statement
from staff.models import User


def assign_on_opening(ticket: Ticket, at: datetime) -> None:
    """Give a new ticket to somebody at once, where its queue does so and somebody has room."""
    if ticket.queue_id and ticket.queue.assignment == Assignment.LOAD and not ticket.assignee_id:  # type: ignore[union-attr]
        chosen = next_agent(ticket)
        if chosen:
            _give(ticket, chosen, at)


def next_agent(ticket: Ticket) -> int | None:
    """Return the user who gets the ticket, or None where nobody has room.

    The queue's agents are locked first, in one order, and counted afterwards: of two tickets at once the second one
    waits, and then counts the first. The locks hold until the ticket is given."""
    agents = Agent.objects.filter(queues__queue=ticket.queue_id, is_available=True, user__is_active=True)
    locked = list(agents.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            statement("assignment_candidates"),
            {"queue": ticket.queue_id, "locked": locked, "language": ticket.language},
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
    agent = Agent.objects.select_for_update().filter(user=actor).first()
    if agent is None or agent.is_available == available:
        return agent
    name_act("service.agent.available" if available else "service.agent.away")
    agent.is_available, agent.available_since = available, at if available else None
    agent.save(update_fields=["is_available", "available_since"])
    if available:
        take_waiting(agent=agent, at=at)
    return agent


def take_waiting(*, agent: Agent, at: datetime) -> int:
    """Give the tickets that wait in an agent's queues to whoever is next, the gravest and most urgent first, as long as
    there is room; return how many. What another one gives at this moment is left to them."""
    waiting = (
        Ticket.objects.open()
        .unassigned()
        .unmerged()
        .filter(queue__members__agent=agent, queue__assignment=Assignment.LOAD, queue__is_active=True)
        .order_by("priority", "due_at", "pk")
    )
    given = 0
    for ticket in waiting.select_for_update(of=("self",), skip_locked=True)[: agent.capacity]:
        chosen = next_agent(ticket)
        if chosen is None:
            continue
        _give(ticket, chosen, at)
        changed(ticket, at)
        given += 1
    return given
