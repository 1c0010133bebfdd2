from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from staff.columns import role_names
from staff.forms.people import ProfileForm, TokenForm
from staff.models import ApiToken, NotificationKind
from staff.reauth import recently_authenticated
from staff.scopes import scope_labels
from staff.second_factor import STRONG
from staff.services.preferences import change_preferences, choose_notifications
from staff.services.tokens import create_token, revoke_token
from staff.session_life import ROW
from staff.views.people import add_errors

FIELDS = ("full_name", "language", "time_zone", "theme")


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """What is one's own to decide: name, language, time zone, theme, notifications, second factor, API tokens."""
    form = ProfileForm(request.POST or None, initial={name: getattr(request.user, name) for name in FIELDS})
    if form.is_valid():
        try:
            user = change_preferences(actor=request.user, **form.cleaned_data)
            with translation.override(user.language):
                messages.success(request, _("Your preferences were saved."))
            return _remembering(redirect("staff:profile"), user.language)
        except ValidationError as error:
            add_errors(form, error)
    return _page(request, form=form)


def _page(request: HttpRequest, *, form=None, token_form=None, key: str = "") -> HttpResponse:
    user = request.user
    form = form or ProfileForm(initial={name: getattr(user, name) for name in FIELDS})
    token_form = token_form or TokenForm()
    wishes = {wish.kind: wish for wish in user.notification_preferences.all()}
    kinds = [
        (kind, kind not in wishes or wishes[kind].in_app, kind in wishes and wishes[kind].by_email)
        for kind in NotificationKind
    ]
    context = {
        "form": form, "token_form": token_form, "key": key, "kinds": kinds, "role_names": role_names(user),
        "sessions": user.sessions.open().for_list(), "this_session": request.session.get(ROW),
        "tokens": user.api_tokens.for_list(), "now": timezone.now(), "teams": user.teams.all(),
        "second_factor": user.authenticator_set.filter(type__in=STRONG).exists(),
        "lines": scope_labels("business_lines", user.business_lines), "regions": scope_labels("regions", user.regions),
    }  # fmt: skip
    return render(request, "staff/profile.html", context, status=422 if form.errors or token_form.errors else 200)


@require_POST
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Language or theme from the top bar: kept with the person, so that it holds on every device."""
    fields = {name: request.POST[name] for name in ("language", "theme") if name in request.POST}
    try:
        user = change_preferences(actor=request.user, **fields)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=400, content_type="text/plain; charset=utf-8")
    # Only a form of a page says where to go back to.
    target = request.POST.get("next", "")
    if "next" not in request.POST:
        return _remembering(HttpResponse(status=204), user.language)
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return _remembering(redirect(target if safe else "/"), user.language)


def _remembering(response: HttpResponse, language: str) -> HttpResponse:
    """The browser keeps the language too, for the sign-in page."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86_400, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@require_POST
@login_required
def notification_preferences(request: HttpRequest) -> HttpResponse:
    wishes = {
        kind.value: (f"{kind.value}-app" in request.POST, f"{kind.value}-mail" in request.POST)
        for kind in NotificationKind
    }
    choose_notifications(actor=request.user, wishes=wishes)
    messages.success(request, _("Your notifications were chosen."))
    return redirect("staff:profile")


@require_POST
@login_required
@recently_authenticated
def token_create(request: HttpRequest) -> HttpResponse:
    """Make a token and show its key, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    try:
        _token, key = create_token(actor=request.user, at=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, token_form=form)
    return _page(request, key=key)


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    revoke_token(actor=request.user, token_id=token.pk, at=timezone.now())
    messages.success(
        request, _("The token %(token)s was revoked: programs that use it are refused from now on.") % {"token": token}
    )
    return redirect("staff:profile")
