"""How long a session lives: 15 minutes unused, 12 hours at most, and a new key whenever its person's rights change.

When it was last used stands in Redis, because a row written with every request would cost more than the request; the row
follows once a minute. What a page asks by itself (`X-Background`, sent by app.js for everything that polls) is no use.
"""

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.context import acting, become
from audit.middleware import client_address, session_digest
from staff.models import UserSession
from staff.reauth import note_proof
from staff.rules.devices import device_of
from staff.rules.sessions import ABSOLUTE, IDLE, ends_now
from staff.services.sessions import begin_session, end_session

ROW, KEY, BEGUN, RIGHTS = "session_row", "session_row_key", "session_begun", "session_rights"
USE_EVERY, ROW_EVERY = 5, 60  # seconds
SENTENCES = {
    IDLE: _("You were signed out because nothing was done for a while. Sign in to go on."),
    ABSOLUTE: _("You were signed out because a session has a longest time. Sign in to go on."),
}


class SessionLifeMiddleware:
    """Stands after authentication. Whose session is over goes on as nobody, and is led to sign in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _look(request)
        response = self.get_response(request)
        if request.user.is_authenticated and ROW in request.session:
            note_key(request)
        return response


def _look(request: HttpRequest) -> None:
    now, session = time.time(), request.session
    if ROW not in session:  # begun before there were rows
        with _in_the_name_of(request):
            begin(request, request.user)
    seen = _last_seen(session[ROW], otherwise=now)
    limits = {"idle": settings.SESSION_IDLE_SECONDS, "longest": settings.SESSION_ABSOLUTE_SECONDS}
    if how := ends_now(begun=session[BEGUN], seen=seen, now=now, **limits):
        _end(request, how)
        return
    if session.get(RIGHTS) != (rights := rights_of(request.user)):
        session.cycle_key()  # a key from before a change of rights opens nothing after it
        session[RIGHTS] = rights
    if "X-Background" not in request.headers:
        note_use(session[ROW], now=now, seen=seen)


def _end(request: HttpRequest, how: str) -> None:
    with _in_the_name_of(request):
        end_session(session_id=request.session.pop(ROW), how=how, at=timezone.now())
    logout(request)
    messages.info(request, SENTENCES[how])


def _in_the_name_of(request: HttpRequest) -> Any:
    """The log's own middleware comes later: it must not take a person for present whose session is over."""
    return acting(actor_id=request.user.pk, session=session_digest(request), address=client_address(request))


def begin(request: HttpRequest, user: Any) -> None:
    """Write down a session that begins with this request."""
    if not request.session.session_key:
        request.session.create()
    row = begin_session(
        user=user, session_key=request.session.session_key, address=client_address(request), at=timezone.now(),
        device=device_of(request.META.get("HTTP_USER_AGENT", "")),
    )  # fmt: skip
    request.session.update({ROW: row.pk, KEY: request.session.session_key, BEGUN: time.time(), RIGHTS: rights_of(user)})
    cache.set(_key(row.pk), time.time(), settings.SESSION_IDLE_SECONDS * 2)


def note_use(row: int, *, now: float, seen: float) -> None:
    """Keep when the session was last used; its row hears of it once a minute."""
    if now - seen < USE_EVERY:
        return
    cache.set(_key(row), now, settings.SESSION_IDLE_SECONDS * 2)
    if now // ROW_EVERY != seen // ROW_EVERY:
        UserSession.objects.filter(pk=row).update(seen_at=datetime.fromtimestamp(now, UTC))


def _last_seen(row: int, *, otherwise: float) -> float:
    """Return when the session was last used: from Redis, from its row where Redis has forgotten."""
    if (seen := cache.get(_key(row))) is not None:
        return seen
    at = UserSession.objects.filter(pk=row).values_list("seen_at", flat=True).first()
    return at.timestamp() if at else otherwise


def note_key(request: HttpRequest) -> None:
    """Keep the row with its session: the key changes with a password, a proof or a change of rights."""
    session = request.session
    if session.get(KEY) != session.session_key:
        UserSession.objects.filter(pk=session[ROW]).update(session_key=session.session_key)
        session[KEY] = session.session_key


def rights_of(user: Any) -> str:
    return "|".join(",".join(sorted(part)) for part in (user.roles, user.business_lines, user.regions))


def _key(row: int) -> str:
    return f"session:{row}:seen"


def connect() -> None:
    user_logged_in.connect(_begin_at_sign_in, dispatch_uid="staff.session.begin")
    user_logged_out.connect(_end_at_sign_out, dispatch_uid="staff.session.end")


def _begin_at_sign_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    become(user)
    begin(request, user)
    note_proof(request)


def _end_at_sign_out(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    if row := request.session.get(ROW):
        end_session(session_id=row, how="signed_out", at=timezone.now())
