"""Sessions of staff: begun by signing in, ended by time, by their person or by an administrator."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import SessionEnd, User, UserSession

KEPT = timedelta(days=90)


def begin_session(*, user: User, session_key: str, device: str, address: str, at: datetime) -> UserSession:
    """Note that somebody is signed in in a browser."""
    return UserSession.objects.create(
        user=user, session_key=session_key, device=device, address=address or None, started_at=at, seen_at=at
    )


@transaction.atomic
def end_session(*, session_id: int, how: str, at: datetime) -> None:
    """Note that a session is over, and take from the store what its browser still holds the key to."""
    _end(UserSession.objects.filter(pk=session_id), how, at)


@transaction.atomic
def end_sessions_of(*, actor: User, user: User, sessions: Iterable[int] | None = None, but: int | None = None,
                    at: datetime) -> int:  # fmt: skip
    """End sessions of `user`: those named, or all `but` one. Everybody ends their own, an administrator anybody's.

    Returns how many were open.
    """
    if actor.pk != user.pk and not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator ends the sessions of others."))
    chosen = UserSession.objects.filter(user=user)
    chosen = chosen if sessions is None else chosen.filter(pk__in=list(sessions))
    return _end(chosen if but is None else chosen.exclude(pk=but), SessionEnd.ENDED, at)


def _end(chosen, how: str, at: datetime) -> int:
    open_ones = list(chosen.open().select_for_update())
    if how != SessionEnd.SIGNED_OUT:  # which is an event by itself
        name_act(f"staff.session.{how}")
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in open_ones:
        store(session.session_key).delete()
        session.session_key, session.ended_at, session.end = "", at, how
        session.save(update_fields=["session_key", "ended_at", "end"])
    return len(open_ones)


@transaction.atomic
def expire_sessions(*, at: datetime) -> int:
    """Close what nobody came back to, delete ended ones after 90 days and what the store has kept too long."""
    longest, idle = settings.SESSION_ABSOLUTE_SECONDS, settings.SESSION_IDLE_SECONDS
    over = UserSession.objects.open()
    closed = _end(over.filter(started_at__lt=at - timedelta(seconds=longest)), SessionEnd.ABSOLUTE, at)
    # `seen_at` is written once a minute at most.
    closed += _end(over.filter(seen_at__lt=at - timedelta(seconds=idle + 120)), SessionEnd.IDLE, at)
    UserSession.objects.filter(ended_at__lt=at - KEPT).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    return closed
