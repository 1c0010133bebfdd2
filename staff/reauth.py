"""Proving once more who one is, before what matters most: approving, exporting, revealing, changing a second factor.

Whoever signed in or gave a password or second factor within `REAUTHENTICATION_SECONDS` goes on. Everybody else is asked,
and then what they wanted is done: a page's form comes back with its fields hidden in the question, a script (htmx, fetch)
is answered 401 with `X-Reauthenticate` and repeats its request when the dialog is through. Nothing typed is lost, and
none of it is kept on the server meanwhile.

A token is a proof with each request, so programs are not asked; `PersonPresent` refuses them where only a person may act.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission

from audit.services import emit
from staff.second_factor import STRONG

PROOF = "authenticated_at"  # in the session, beside allauth's own records
PASSWORD, CODE = "reauthenticate-password", "reauthenticate-code"


def recently_authenticated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for a password or a second factor first, unless one was given lately. Stands below the permission's decorator."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_recent(request):
            return view(request, *args, **kwargs)
        if not is_page(request):
            return ask_script()
        problem = ""
        if PASSWORD in request.POST or CODE in request.POST:
            problem = prove(request, password=request.POST.get(PASSWORD, ""), code=request.POST.get(CODE, ""))
            if not problem:
                return view(without_proof(request), *args, **kwargs)
        return ask_page(request, problem)

    return asking


class RecentlyAuthenticated(BasePermission):
    """The same for a route of the API: a person's session must be fresh, a token always is."""

    def has_permission(self, request: Any, view: Any) -> bool:
        self.message = _("Prove once more who you are, then repeat this.")
        return is_program(request) or is_recent(request)


class PersonPresent(RecentlyAuthenticated):
    """For what no program may do: a token is refused, however valid it is."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if is_program(request):
            self.message = _("Only a person does this: sign in with a browser.")
            return False
        return super().has_permission(request, view)


def is_recent(request: Any) -> bool:
    """Whether this session holds a proof that is younger than `REAUTHENTICATION_SECONDS`."""
    proofs = [
        request.session.get(PROOF, 0),
        *(record["at"] for record in get_authentication_records(request, request.user)),
    ]
    return time.time() - max(proofs) < settings.REAUTHENTICATION_SECONDS


def is_program(request: Any) -> bool:
    from staff.authentication import TokenAuthentication  # which the framework loads before it loads views

    return isinstance(getattr(request, "successful_authenticator", None), TokenAuthentication)


def note_proof(request: HttpRequest) -> None:
    """Say in the session that its person has just proved who they are."""
    request.session[PROOF] = time.time()


def prove(request: HttpRequest, *, password: str, code: str) -> str:
    """Check a password or a code of the signed-in person. Return what is wrong with it, or nothing.

    Guesses are counted as those of sign-in are. The session gets a new key, as after every proof.
    """
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return _("Too many attempts. Wait a minute, then try again.")
    form = (
        CodeForm({"code": code}, user=request.user) if code else PasswordForm({"password": password}, user=request.user)
    )
    if not form.is_valid():
        emit("denied", table="staff_user", pk=request.user.pk, action="staff.user.reauthentication_failed")
        return " ".join(message for messages in form.errors.values() for message in messages)
    if code:
        form.save()
    else:
        reauthenticate_by_password(request)
    request.session.cycle_key()
    note_proof(request)
    emit("signin", table="staff_user", pk=request.user.pk, action="staff.user.reauthenticated")
    return ""


def is_page(request: HttpRequest) -> bool:
    """Whether a browser will show the answer as a page, rather than hand it to a script."""
    return "HX-Request" not in request.headers and "text/html" in request.headers.get("Accept", "text/html")


def ask_script() -> HttpResponse:
    sentence = _("Prove once more who you are, then repeat this.")
    return HttpResponse(
        sentence, status=401, headers={"X-Reauthenticate": "1"}, content_type="text/plain; charset=utf-8"
    )


def ask_page(request: HttpRequest, problem: str = "") -> HttpResponse:
    """Ask on a page that holds what was sent, so that it goes on with the proof."""
    hidden = [(name, value) for name, values in request.POST.lists() for value in values if name not in NEVER_BACK]
    context = {
        "problem": problem, "hidden": hidden, "method": request.method, "password": PASSWORD, "code": CODE,
        "has_password": request.user.has_usable_password(),
        "has_code": request.user.authenticator_set.exclude(type="webauthn").exists(),
        "has_passkey": request.user.authenticator_set.filter(type__in=STRONG).filter(type="webauthn").exists(),
    }  # fmt: skip
    return render(request, "staff/reauthenticate.html", context, status=422 if problem else 401)


def without_proof(request: HttpRequest) -> HttpRequest:
    """Take the proof out of what was sent: the view gets the form as its own page sends it."""
    fields = request.POST.copy()
    for name in (PASSWORD, CODE):
        fields.pop(name, None)
    request.POST = fields
    return request


NEVER_BACK = {PASSWORD, CODE, "csrfmiddlewaretoken"}
