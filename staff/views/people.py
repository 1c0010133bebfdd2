from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.lists import BulkAction, ListPage, render_list
from staff import columns
from staff.columns import role_names
from staff.filters.people import UserFilter
from staff.forms.people import ReasonForm, UrgentForm, UserForm
from staff.models import ChangeRequest, User
from staff.scopes import scope_labels
from staff.second_factor import STRONG
from staff.services.account_changes import (
    propose_access,
    propose_activation,
    propose_deactivation,
    propose_reset,
    propose_user,
)
from staff.services.people import change_user, invite_user
from staff.session_life import ROW
from staff.views.previews import page_or_preview
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("staff.view_user", raise_exception=True)
def user_list(request: HttpRequest) -> HttpResponse:
    people = UserFilter(request.GET, queryset=User.objects.visible_to(request.user).for_list(), request=request)
    ends = BulkAction(_("Deactivate…"), reverse("staff:user_deactivate_many"), "user-off", "red")
    listing = ListPage(
        request, filterset=people, columns=columns.USERS, order=["full_name"], label=_("People"),
        actions=[ends] if request.user.has_perm("staff.change_user") else [],
        row_url=lambda user: reverse("staff:user_detail", args=[user.pk]),
    )  # fmt: skip
    new = [Action(_("New person"), reverse("staff:user_create"), "user-plus", primary=True)]
    actions = new if request.user.has_perm("staff.add_user") else []
    return render_list(request, "staff/user_list.html", listing, actions=actions)


@require_safe
@login_required
@permission_required("staff.view_user", raise_exception=True)
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user).for_list(), pk=pk)
    page = page_or_preview(request, "staff/user_detail.html", "person")
    administers = request.user.has_perm("staff.change_user")
    context = {
        "person": person, "role_names": role_names(person), "administers": administers,
        "lines": scope_labels("business_lines", person.business_lines), "regions": scope_labels("regions",
        person.regions),
    }  # fmt: skip
    if administers:
        context["second_factor"] = person.authenticator_set.filter(type__in=STRONG).exists()
        context["tokens"] = person.api_tokens.valid(timezone.now()).count()
        context["sessions"] = person.sessions.open().for_list()
        context["this_session"] = request.session.get(ROW)
        context["actions"] = _actions(request, person)
        context["waiting"] = ChangeRequest.objects.open().about("staff_user", person.pk).for_list()
    return render(request, page, context)


def _actions(request: HttpRequest, person: User) -> list[Action]:
    """What an administrator does to an account now; what is not possible stays, and says why."""
    own = _("Another administrator does this for you.") if person.pk == request.user.pk else None
    asleep = None if person.is_active else _("Activate the account first.")
    bare = None if Authenticator.objects.filter(user=person).exists() else _("This account has no second factor.")
    ends = Action(_("Deactivate"), reverse("staff:user_deactivate", args=[person.pk]), "user-off", tone="red").unless(
        own
    )
    opens = Action(_("Activate"), reverse("staff:user_activate", args=[person.pk]), "user-check")
    return [
        Action(_("Send password link"), reverse("staff:user_invite", args=[person.pk]), "send", post=True).unless(
            asleep
        ),
        Action(_("Reset second factor"), reverse("staff:user_reset", args=[person.pk]), "shield-off").unless(
            own or bare
        ),
        ends if person.is_active else opens,
        Action(_("Change"), reverse("staff:user_change", args=[person.pk]), "pencil", primary=True),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.add_user", raise_exception=True)
def user_create(request: HttpRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if form.is_valid():
        try:
            change = propose_user(actor=request.user, at=timezone.now(), **_known(form))
            return _waiting(request, change)
        except ValidationError as error:
            add_errors(form, error)
    return render(request, "staff/user_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.change_user", raise_exception=True)
def user_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and teams are changed at once; roles, scope and e-mail are asked for."""
    person = get_object_or_404(User.objects.visible_to(request.user).for_list(), pk=pk)
    form = UserForm(request.POST or None, user=person, initial=UserForm.initial_of(person))
    if form.is_valid():
        try:
            return _changed(request, person, dict(form.cleaned_data))
        except ValidationError as error:
            add_errors(form, error)
    return render(request, "staff/user_form.html", {"form": form, "person": person}, status=422 if form.errors else 200)


@transaction.atomic
def _changed(request: HttpRequest, person: User, said: dict) -> HttpResponse:
    change_user(actor=request.user, user_id=person.pk, full_name=said.pop("full_name"), teams=said.pop("teams"))
    change = propose_access(actor=request.user, user_id=person.pk, at=timezone.now(), **said)
    if change is not None:
        return _waiting(request, change)
    messages.success(request, _("%(name)s was changed.") % {"name": person})
    return redirect("staff:user_detail", pk=person.pk)


def _waiting(request: HttpRequest, change: ChangeRequest) -> HttpResponse:
    return redirect("staff:change_detail", pk=say_waiting(request, change).pk)


def _known(form: Form) -> dict:
    """What was given, without what was left empty and has a default of its own."""
    return {name: value for name, value in form.cleaned_data.items() if not (name == "language" and not value)}


def add_errors(form: Form, error: ValidationError) -> None:
    """Show what a service refused beside its fields; what belongs to no field of this form stands above."""
    if not hasattr(error, "error_dict"):
        return form.add_error(None, error)
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.change_user", raise_exception=True)
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, "staff/user_deactivate.html", UrgentForm, _deactivation)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.change_user", raise_exception=True)
def user_activate(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, "staff/user_activate.html", ReasonForm, propose_activation)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.change_user", raise_exception=True)
def user_reset(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, "staff/user_reset.html", UrgentForm, propose_reset)


def _deactivation(*, user_id: int, **said) -> ChangeRequest:
    return propose_deactivation(user_ids=[user_id], **said)


def _ask(request: HttpRequest, pk: int, template: str, form_class: type[Form], service) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = form_class(request.POST or None)
    if form.is_valid():
        try:
            change = service(actor=request.user, user_id=person.pk, at=timezone.now(), **form.cleaned_data)
            return _waiting(request, change)
        except ValidationError as error:
            add_errors(form, error)
    return render(request, template, {"form": form, "person": person}, status=422 if form.errors else 200)


@require_POST
@login_required
@permission_required("staff.change_user", raise_exception=True)
def user_invite(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        invite_user(actor=request.user, user_id=person.pk, at=timezone.now())
        messages.success(request, _("A link to set a password is on its way to %(email)s.") % {"email": person.email})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("staff:user_detail", pk=person.pk)
