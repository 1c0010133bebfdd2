"""The same change to many tickets, tried first without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from service.models import Ticket
from service.rules.tags import tidy_tags
from service.services.changes import change_ticket
from service.services.tickets import set_status
from staff.models import User

MOST_AT_ONCE = 500


@dataclass
class Outcome:
    """How a change of many went, or would go: which change, which stay as they are, and which refuse, with why."""

    changed: list[Ticket] = field(default_factory=list)
    same: list[Ticket] = field(default_factory=list)
    refused: list[tuple[Ticket, str]] = field(default_factory=list)


class _OnlyTried(Exception):
    """Ends the transaction of a dry run."""


def change_many(
    *, actor: User, tickets: Sequence[Ticket], wish: dict[str, Any], at: datetime, dry_run: bool
) -> Outcome:
    """Give many tickets another agent, status, priority or more tags; what one refuses does not hinder the others.

    `wish` holds what is to change: `assignee`, `status`, `priority`, `tags` (added). A dry run does it all and takes it
    back, so that it says exactly what would happen."""
    outcome = Outcome()
    try:
        with transaction.atomic():
            for ticket in sorted(
                tickets, key=lambda one: one.pk
            ):  # in one order, so that two acts do not lock crosswise
                _change(actor, ticket, wish, at, outcome)
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return outcome


def _change(actor: User, ticket: Ticket, wish: dict[str, Any], at: datetime, outcome: Outcome) -> None:
    if not _differs(ticket, wish):
        outcome.same.append(ticket)
        return
    try:
        with transaction.atomic():
            change_ticket(
                actor=actor,
                ticket_id=ticket.pk,
                at=at,
                kind=ticket.kind,
                priority=wish.get("priority") or ticket.priority,
                queue=ticket.queue,
                assignee=wish.get("assignee") or ticket.assignee,
                tags=[*ticket.tags, *wish.get("tags", [])],
                line=ticket.line,
            )
            if wish.get("status"):
                set_status(actor=actor, ticket_id=ticket.pk, status=wish["status"], at=at)
        outcome.changed.append(ticket)
    except ValidationError as error:
        outcome.refused.append((ticket, " ".join(error.messages)))
    except PermissionDenied as error:
        outcome.refused.append((ticket, str(error)))


def _differs(ticket: Ticket, wish: dict[str, Any]) -> bool:
    return (
        (wish.get("priority") or ticket.priority) != ticket.priority
        or (wish.get("assignee") or ticket.assignee) != ticket.assignee
        or (wish.get("status") or ticket.status) != ticket.status
        or not set(tidy_tags(wish.get("tags", []))) <= set(ticket.tags)
    )
