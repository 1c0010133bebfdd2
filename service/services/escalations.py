"""The steps of an escalation: each taken once for each clock, whoever else runs them too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import EscalationStep, Priority, Queue, QueueMember, StepAction, Ticket, TicketClock
from service.rules.business_time import business_time_between
from service.rules.clocks import is_step_due, step_key
from service.services.assignment import assign_on_opening
from service.services.calendars import hours_of
from service.services.clocks import reckon
from service.services.tickets import changed
from staff.models import NotificationKind, User
from staff.rules.roles import Role
from staff.services.notifications import notify

MOST = 5_000  # clocks in one run; the next one follows within a minute


def escalate_due(*, at: datetime) -> int:
    """Take every step that is due, each clock in a transaction of its own; return how many steps. A ticket that somebody
    else holds is left for the next minute."""
    due = TicketClock.objects.alarming(at).order_by("alarm_at").values_list("pk", flat=True)
    return sum(_escalate(clock_id, at) for clock_id in due[:MOST])


@transaction.atomic
def _escalate(clock_id: int, at: datetime) -> int:
    """Take the due steps of one clock. Its ticket is locked first, as everything that changes a clock does."""
    ticket = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(clocks=clock_id).first()
    clock = TicketClock.objects.alarming(at).select_related("policy__calendar").filter(pk=clock_id).first()
    if ticket is None or clock is None:
        return 0
    taken = 0
    for step in _due(clock, at):
        taken_now = EscalationStep.objects.create(clock=clock, step=step_key(step), at=at)
        EscalationStep.objects.filter(pk=taken_now.pk).update(told=_act(step, clock, ticket, at))
        taken += 1
    reckon([ticket.pk], first=ticket.opened_at, at=at)
    return taken


def _due(clock: TicketClock, at: datetime) -> list[dict[str, Any]]:
    """The steps of the clock's policy that are due by now and have not been taken, in the order of their shares."""
    done = set(clock.steps.values_list("step", flat=True))
    since = clock.counted_from or clock.started_at
    used = clock.used_seconds + business_time_between(since, at, hours_of(clock.policy.calendar)).total_seconds()
    left = [step for step in clock.policy.steps if step["kind"] == clock.kind and step_key(step) not in done]
    due = [step for step in left if is_step_due(step, used=used, target=clock.target_seconds)]
    return sorted(due, key=lambda step: (step["percent"], step["after"]))


def _act(step: dict[str, Any], clock: TicketClock, ticket: Ticket, at: datetime) -> int:
    """Do what a step says; return how many people were told."""
    name_act(f"service.ticket.escalated_{step['action']}")
    return ACTS[step["action"]](step, clock, ticket, at)


def _tell_assignee(step: dict[str, Any], clock: TicketClock, ticket: Ticket, at: datetime) -> int:
    return _tell(step, clock, ticket, [ticket.assignee_id] if ticket.assignee_id else people_of(ticket), at)


def _tell_lead(step: dict[str, Any], clock: TicketClock, ticket: Ticket, at: datetime) -> int:
    return _tell(step, clock, ticket, leads_of(ticket), at)


def _reassign(step: dict[str, Any], clock: TicketClock, ticket: Ticket, at: datetime) -> int:
    queue = Queue.objects.filter(code=step["queue"], is_active=True).first()
    if queue is not None and ticket.queue_id != queue.pk:
        ticket.queue, ticket.assignee = queue, None
        ticket.save(update_fields=["queue", "assignee"])
        assign_on_opening(ticket, at)
        changed(ticket, at)
    return _tell(step, clock, ticket, people_of(ticket), at)


def _raise_priority(step: dict[str, Any], clock: TicketClock, ticket: Ticket, at: datetime) -> int:
    if ticket.priority > Priority.URGENT:
        ticket.priority -= 1
        ticket.save(update_fields=["priority"])
        changed(ticket, at)
    return 0


ACTS: dict[str, Callable[[dict[str, Any], TicketClock, Ticket, datetime], int]] = {
    StepAction.NOTIFY_ASSIGNEE: _tell_assignee,
    StepAction.NOTIFY_LEAD: _tell_lead,
    StepAction.REASSIGN: _reassign,
    StepAction.RAISE_PRIORITY: _raise_priority,
}


def leads_of(ticket: Ticket) -> list[int]:
    """Return the leads of customer service who may see the ticket."""
    leads: QuerySet = User.objects.active().in_role(Role.SERVICE_LEAD)
    return [lead.pk for lead in leads if _sees(lead, ticket)]


def people_of(ticket: Ticket) -> list[int]:
    """Return who works in the ticket's queue and may see it; the leads where there is nobody."""
    members = QueueMember.objects.filter(queue=ticket.queue_id, agent__user__is_active=True).select_related(
        "agent__user"
    )
    return [member.agent.user_id for member in members if _sees(member.agent.user, ticket)] or leads_of(ticket)


def _sees(person: User, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()


def _tell(step: dict[str, Any], clock: TicketClock, ticket: Ticket, people: Iterable[int], at: datetime) -> int:
    """Tell people that a clock runs out or has. The subject is not named: a ticket's words may be personal."""

    def title() -> str:
        said = {"ticket": ticket.reference, "clock": clock.get_kind_display(), "percent": step["percent"]}
        if clock.due_at and clock.due_at <= at:
            return _("%(ticket)s: %(clock)s is overdue") % said
        return _("%(ticket)s: %(percent)d%% of the time for %(clock)s is used") % said

    key = f"clock:{clock.pk}:{step_key(step)}"
    return notify(users=people, kind=NotificationKind.CLOCK, key=key, title=title, url=ticket_url(ticket), at=at)


def ticket_url(ticket: Ticket) -> str:
    """Where a ticket is answered."""
    return reverse("service:ticket_detail", args=[ticket.reference])
