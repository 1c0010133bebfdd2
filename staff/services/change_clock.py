"""What time does to change requests: reminders, escalation, expiry. Each step once, whoever else runs it too."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from audit.services import name_act
from staff.models import ChangeRequest, ChangeState
from staff.rules.changes import is_due
from staff.services.change_news import remind_checkers, tell_escalation, tell_maker


def expire_due(at: datetime) -> int:
    """End every open request whose time is over and tell its maker; return how many."""
    return _each(ChangeRequest.objects.overdue(at), lambda request: _expire(request, at))


def remind_due(at: datetime) -> int:
    """Remind, once, whoever has not judged a request for as long as its policy says; return how many requests."""
    waiting = ChangeRequest.objects.pending().filter(reminded_at__isnull=True, expires_at__gt=at)
    return _each(waiting, lambda request: _remind(request, at))


def escalate_due(at: datetime) -> int:
    """Bring, once, a request that nobody has decided before the role that its policy names; return how many."""
    waiting = ChangeRequest.objects.pending().filter(escalated_at__isnull=True, expires_at__gt=at)
    return _each(waiting, lambda request: _escalate(request, at))


def _each(requests, step: Callable[[ChangeRequest], bool]) -> int:
    """Take each request in a transaction of its own. One that another process holds is left to it."""
    done = 0
    for request_id in requests.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            free = requests.select_for_update(of=["self"], skip_locked=True).select_related("maker", "policy")
            request = free.filter(pk=request_id).first()
            done += bool(request and step(request))
    return done


def _expire(request: ChangeRequest, at: datetime) -> bool:
    name_act("staff.change.expired")
    request.state, request.decided_at = ChangeState.EXPIRED, request.decided_at or at
    request.save(update_fields=["state", "decided_at"])
    tell_maker(request, at)
    return True


def _remind(request: ChangeRequest, at: datetime) -> bool:
    if not is_due(request.created_at, request.policy.remind_after_hours, at):
        return False
    name_act("staff.change.reminded")
    request.reminded_at = at
    request.save(update_fields=["reminded_at"])
    remind_checkers(request, at)
    return True


def _escalate(request: ChangeRequest, at: datetime) -> bool:
    if not is_due(request.created_at, request.policy.escalate_after_hours, at):
        return False
    name_act("staff.change.escalated")
    request.escalated_at = at
    request.save(update_fields=["escalated_at"])
    tell_escalation(request, at)
    return True
