"""Where somebody is signed in, ended one by one or all at once; and the proof that they are still there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from staff.models import User, UserSession
from staff.reauth import CODE, PASSWORD, ask_page, is_page, prove, recently_authenticated
from staff.services.sessions import end_sessions_of
from staff.session_life import ROW


@require_POST
@login_required
def session_stay(request: HttpRequest) -> HttpResponse:
    """Somebody works on a page without asking the server for anything: that is use, and app.js says so here."""
    return HttpResponse(status=204)


@require_POST
@login_required
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Take a password or a code from the dialog (204, or 422 with what is wrong) or from the page before another one."""
    problem = prove(request, password=request.POST.get(PASSWORD, ""), code=request.POST.get(CODE, ""))
    if not is_page(request):
        return HttpResponse(problem, status=422 if problem else 204, content_type="text/plain; charset=utf-8")
    if problem:
        return ask_page(request, problem)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "/")


@require_POST
@login_required
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.visible_to(request.user).open(), pk=pk)
    end_sessions_of(actor=request.user, user=session.user, sessions=[pk], at=timezone.now())
    messages.success(request, _("That session was ended: its browser has to sign in again."))
    return (
        redirect("staff:profile")
        if session.user_id == request.user.pk
        else redirect("staff:user_detail", session.user_id)
    )


@require_POST
@login_required
def session_end_others(request: HttpRequest) -> HttpResponse:
    ended = end_sessions_of(actor=request.user, user=request.user, but=request.session.get(ROW), at=timezone.now())
    _tell(request, ended)
    return redirect("staff:profile")


@require_POST
@login_required
@permission_required("staff.change_user", raise_exception=True)
@recently_authenticated
def user_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    but = request.session.get(ROW) if person.pk == request.user.pk else None
    _tell(request, end_sessions_of(actor=request.user, user=person, but=but, at=timezone.now()))
    return redirect("staff:user_detail", pk=person.pk)


def _tell(request: HttpRequest, ended: int) -> None:
    sentence = ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", ended)
    messages.success(request, sentence % {"n": ended})
