"""What people hear of change requests, each thing once: checkers what waits for them, makers how theirs went."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from staff.changes import kept_from, label_of
from staff.checkers import checkers_of, holders_of
from staff.models import ChangeRequest, ChangeState, NotificationKind, User
from staff.services.notifications import notify

OUTCOMES: dict[str, Callable[[], str]] = {
    ChangeState.EXECUTED: lambda: _("Your change was carried out: %(title)s"),
    ChangeState.REFUSED: lambda: _("Your change was refused: %(title)s"),
    ChangeState.EXPIRED: lambda: _("Your change expired before it was approved: %(title)s"),
    ChangeState.STALE: lambda: _("Your change was not carried out, the record has changed since: %(title)s"),
    ChangeState.FAILED: lambda: _("Your change was approved and then failed: %(title)s"),
}


def tell_checkers(request: ChangeRequest, at: datetime) -> None:
    """Tell everybody who may judge it that a request waits."""
    _tell(request, checkers_of(request, at), "proposed", lambda: _("%(maker)s asks for your approval: %(title)s"), at)


def remind_checkers(request: ChangeRequest, at: datetime) -> None:
    _tell(request, checkers_of(request, at), "reminder", lambda: _("Still waiting for approval: %(title)s"), at)


def tell_escalation(request: ChangeRequest, at: datetime) -> None:
    """Tell the role that the policy names, and again those who have not judged it."""
    superiors = User.objects.active().in_role(request.policy.escalate_to).exclude(pk=request.maker_id)
    people = {person.pk for person in [*superiors, *checkers_of(request, at)]}
    _tell(request, people, "escalated", lambda: _("Escalated, nobody has decided: %(title)s"), at)


def tell_broken_glass(request: ChangeRequest, at: datetime) -> None:
    """Tell whoever may review it, and compliance, that something was done at once."""
    people = {person.pk for person in [*checkers_of(request, at), *holders_of("staff.view_any_changerequest")]}
    people.discard(request.maker_id)
    _tell(request, people, "glass", lambda: _("%(maker)s did this at once; review it: %(title)s"), at)


def tell_maker(request: ChangeRequest, at: datetime) -> None:
    """Tell the maker how it ended; a withdrawal they know of themselves."""
    if request.state in OUTCOMES:
        _tell(request, [request.maker_id], request.state, OUTCOMES[request.state], at)


def _tell(
    request: ChangeRequest, people: Iterable[User | int], step: str, words: Callable[[], str], at: datetime
) -> None:
    def title() -> str:
        said: dict[str, Any] = {"maker": request.maker, "title": request.title or label_of(request.command)}
        return words() % said

    kept = kept_from(request)
    notify(
        users=[person for person in people if (person if isinstance(person, int) else person.pk) not in kept],
        kind=NotificationKind.CHANGE,
        key=f"change:{request.pk}:{step}",
        title=title,
        url=reverse("staff:change_detail", args=[request.pk]),
        at=at,
    )
