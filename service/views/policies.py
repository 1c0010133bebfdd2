"""Service policies and business calendars: what is in force, what was, and asking for what shall be."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pages.actions import Action
from pages.columns import Column, opens
from pages.formats import day
from pages.templatetags.pages import pill_html
from service.forms.policies import SlaPolicyForm
from service.models import ClockKind, Priority, SlaPolicy
from service.policy_words import minutes_text, preview_texts, scope_text, terms_of
from service.services.policies import as_arguments, preview, propose_policy
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


def standing(row, today):
    """Whether a version holds, held, or is still to come."""
    if row.valid_from > today:
        return pill_html(_("to come"), "blue")
    return pill_html(_("in force"), "green") if row.pk in row.holding else pill_html(_("past"))


def policy_columns(today):
    return (
        Column("name", gettext_lazy("Service policy"), lambda row: row.name, link=True, card="wide"),
        Column("scope", gettext_lazy("For"), scope_text),
        Column("rank", gettext_lazy("Order"), lambda row: row.rank, numeric=True),
        Column("calendar", gettext_lazy("Business calendar"), lambda row: row.calendar.name),
        Column("from", gettext_lazy("From"), lambda row: day(row.valid_from)),
        Column("until", gettext_lazy("Until"), lambda row: day(row.valid_to)),
        Column("standing", gettext_lazy("State"), lambda row: standing(row, today)),
        Column("confirmed", gettext_lazy("Confirmed"), confirmed),
    )


def confirmed(row):
    return pill_html(_("needs confirmation"), "amber") if row.needs_confirmation else pill_html(_("confirmed"), "green")


def _with_standing(rows, today):
    holding = set(SlaPolicy.objects.in_force(today).values_list("pk", flat=True))
    rows = list(rows)
    for row in rows:
        row.holding = holding
    return rows


@require_safe
@login_required
@permission_required("service.view_slapolicy", raise_exception=True)
def policy_list(request):
    """Of each policy the newest version; the lowest order goes first."""
    today = timezone.localdate()
    newest = SlaPolicy.objects.visible_to(request.user).newest().select_related("calendar").order_by("rank", "code")
    return render(
        request,
        "service/policy_list.html",
        {
            "rows": _with_standing(newest, today),
            "columns": policy_columns(today),
            "row_url": opens(lambda row: reverse("service:policy_detail", args=[row.code])),
            "unsure": sum(row.needs_confirmation for row in newest),
            "waiting": ChangeRequest.objects.open().of(["service.policy.set"]),
            "actions": [
                _may(request.user, Action(_("New policy"), reverse("service:policy_create"), "plus", primary=True))
            ],
        },
    )


def _may(user, action):
    return action.unless("" if user.has_perm("service.change_slapolicy") else _("Service leads ask for policies."))


@require_safe
@login_required
@permission_required("service.view_slapolicy", raise_exception=True)
def policy_detail(request, code):
    """A policy: its targets and steps, and every version there was."""
    versions = SlaPolicy.objects.visible_to(request.user).filter(code=code).select_related("calendar", "made_by")
    policy = get_object_or_404(versions.newest())
    today, change = timezone.localdate(), reverse("service:policy_version", args=[code])
    return render(
        request,
        "service/policy_detail.html",
        {
            "policy": policy,
            "terms": [(name, text) for name, text in terms_of(policy) if name != _("Name")],
            "target_columns": target_columns(),
            "targets": [(Priority(value).label, policy.targets.get(str(value), {})) for value in Priority.values],
            "versions": _with_standing(versions.order_by("-valid_from"), today),
            "columns": policy_columns(today),
            "waiting": ChangeRequest.objects.open().of(["service.policy.set"]).about("service_slapolicy", policy.pk),
            "actions": [_may(request.user, Action(_("New version"), change, "edit", primary=True))],
        },
    )


def target_columns():
    """The targets of one priority in a row."""
    kinds = [
        Column(kind, label, lambda row, kind=kind: minutes_text(row[1][kind]) if kind in row[1] else "", numeric=True)
        for kind, label in ClockKind.choices
    ]
    return (Column("priority", gettext_lazy("Priority"), lambda row: row[0]), *kinds)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_slapolicy", raise_exception=True)
def policy_create(request):
    return _ask(request, None, reverse("service:policy_list"), _("New policy"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_slapolicy", raise_exception=True)
def policy_version(request, code):
    policy = get_object_or_404(SlaPolicy.objects.visible_to(request.user).newest(), code=code)
    return _ask(
        request,
        policy,
        reverse("service:policy_detail", args=[code]),
        _("New version of “%(name)s”") % {"name": policy.name},
    )


def _ask(request, policy, back, title):
    """Show first what a version would do to open tickets; ask for it once exactly that has been shown."""
    form, found = SlaPolicyForm(request.POST or None, policy=policy, cancel_url=back), None
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["previewed"] == form.mark():
                asked = propose_policy(
                    actor=request.user, values=form.values(), reason=form.cleaned_data["reason"], at=timezone.now()
                )
                say_waiting(request, asked)
                return redirect(back)
            found = preview(arguments=as_arguments(form.values()), at=timezone.now())
            form.data = form.data.copy()
            form.data["previewed"] = form.mark()
            form.say(_("Ask for approval"))
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = {
        "form": form,
        "title": title,
        "policy": policy,
        "found": found,
        "said": preview_texts(found) if found else [],
    }
    return render(request, "service/policy_form.html", context, status=422 if form.errors else 200)
