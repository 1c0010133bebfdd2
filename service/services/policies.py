"""Versions of service policies, asked for and carried out under four eyes, and what one would do to open tickets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import BusinessCalendar, CalendarException, CalendarWeek, SlaPolicy, Ticket
from service.services.calendars import cover
from service.services.clocks import CHUNK, asked_of
from service.sql import statement
from service.tasks.clocks import recompute_clocks_task, relay_calendars_task
from staff.models import ChangeRequest, User
from staff.services.changes import propose

POLICY_COLUMNS = (
    "code", "name", "valid_from", "valid_to", "rank", "kinds", "channels", "priorities", "lines", "queues", "languages",
    "calendar_id", "targets", "steps", "pause_held",
)  # fmt: skip


def as_arguments(values: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a policy or a calendar as an approval keeps them: dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def policy_of(arguments: dict[str, Any]) -> SlaPolicy:
    """Return the version of a policy that arguments describe, not saved. ValidationError where it cannot be."""
    policy = SlaPolicy(**{name: arguments[name] for name in POLICY_COLUMNS})
    policy.full_clean()
    return policy


def propose_policy(*, actor: User, values: dict[str, Any], reason: str, at: datetime) -> ChangeRequest:
    """Ask for a version of a policy; somebody else approves it."""
    return propose(actor=actor, command="service.policy.set", arguments=as_arguments(values), reason=reason, at=at)


def propose_week(*, actor: User, values: dict[str, Any], reason: str, at: datetime) -> ChangeRequest:
    """Ask for other hours of a calendar from a day on; somebody else approves them."""
    return propose(actor=actor, command="service.calendar.week", arguments=as_arguments(values), reason=reason, at=at)


def propose_day(*, actor: User, values: dict[str, Any], reason: str, at: datetime) -> ChangeRequest:
    """Ask for a day on which a calendar keeps other hours; somebody else approves it."""
    return propose(actor=actor, command="service.calendar.day", arguments=as_arguments(values), reason=reason, at=at)


@transaction.atomic
def set_policy(*, actor: User, arguments: dict[str, Any]) -> SlaPolicy:
    """Add a version of a policy, and have the clocks of open tickets reckoned anew."""
    policy = policy_of(arguments)
    policy.made_by = actor
    name_act("service.policy.set")
    policy.save(force_insert=True)
    recompute_clocks_task.delay_on_commit()
    return policy


@transaction.atomic
def set_week(*, arguments: dict[str, Any]) -> CalendarWeek:
    """Add the hours of a calendar from a day on, and have it laid out anew."""
    week = CalendarWeek(**arguments)
    week.full_clean()
    name_act("service.calendar.week_set")
    week.save(force_insert=True)
    relay_calendars_task.delay_on_commit()
    return week


@transaction.atomic
def set_day(*, arguments: dict[str, Any]) -> CalendarException:
    """Add a day on which a calendar keeps other hours, and have it laid out anew."""
    day = CalendarException(**arguments)
    day.full_clean()
    name_act("service.calendar.day_set")
    day.save(force_insert=True)
    relay_calendars_task.delay_on_commit()
    return day


def preview(*, arguments: dict[str, Any], at: datetime) -> dict[str, int]:
    """Return what a version of a policy would do to the clocks of open tickets, were it in force: how many get a nearer
    deadline, a later one, one at all, none any more, and how many would have passed it. Writes nothing of tickets."""
    policy_of(arguments)
    open_tickets = Ticket.objects.open().unmerged()
    ids = list(open_tickets.order_by("-pk").values_list("pk", flat=True)[: CHUNK * 10])
    first = open_tickets.aggregate(first=Min("opened_at"))["first"]
    if first is None:
        return dict.fromkeys(("tickets", "nearer", "later", "gained", "lost", "passed", "same"), 0)
    cover(first=first, at=at)
    text = statement("clocks_preview").replace("{reckoned}", statement("clocks_reckoned"))
    with connection.cursor() as cursor:
        cursor.execute(text, asked_of(ids, at=at, draft=[{"id": 0, **arguments}]))
        names, row = [column.name for column in cursor.description], cursor.fetchone()
    return {"tickets": len(ids), **dict(zip(names, row, strict=True))}


def calendar_named(calendar_id: int) -> BusinessCalendar:
    """Return the calendar; ValidationError where there is none."""
    found = BusinessCalendar.objects.filter(pk=calendar_id).first()
    if found is None:
        raise ValidationError(_("There is no such calendar."))
    return found
