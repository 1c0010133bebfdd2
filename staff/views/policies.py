from datetime import UTC

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from staff.change_columns import DELEGATIONS, LIFTS
from staff.changes import COMMANDS, label_of
from staff.checkers import checkable_commands, holders_of, policies_in_force
from staff.forms.changes import DelegationForm, PolicyForm
from staff.models import ChangePolicy, ChangeRequest, Delegation, GuardLift
from staff.policy_command import TERMS, newest, terms_of
from staff.services.changes import delegate, propose, revoke_delegation
from staff.views.changes import tabs_of
from staff.views.people import add_errors

MOST_SHOWN = 50


@require_safe
@login_required
@permission_required("staff.view_changepolicy", raise_exception=True)
def policy_list(request: HttpRequest) -> HttpResponse:
    """Which action needs whom, what is still to come, and every write that a guard let pass without an approval."""
    in_force = policies_in_force(timezone.now())
    waiting = {one.target_pk: one for one in ChangeRequest.objects.open().of(["staff.policy.change"])}
    rows = [
        {
            "command": name,
            "label": label_of(name),
            "policy": policy,
            "terms": terms_of(policy),
            "holders": holders_of(policy.check_permission).count(),
            "waiting": waiting.get(str(newest(name).pk)),
            "known": name in COMMANDS,
        }
        for name, policy in sorted(in_force.items(), key=lambda pair: label_of(pair[0]))
    ]
    context = {
        "rows": rows,
        "may_change": request.user.has_perm("staff.change_changepolicy"),
        "lifts": GuardLift.objects.order_by("-id")[:MOST_SHOWN],
        "lift_columns": LIFTS,
    }
    return render(request, "staff/policy_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.change_changepolicy", raise_exception=True)
def policy_change(request: HttpRequest, command: str) -> HttpResponse:
    """Ask for another policy; it holds from its approval on."""
    if not ChangePolicy.objects.filter(command=command).exists():
        raise Http404
    back, now = reverse("staff:policy_list"), timezone.now()
    form = PolicyForm(request.POST or None, policy=newest(command), cancel_url=back)
    if form.is_valid():
        said = dict(form.cleaned_data)
        reason = said.pop("reason")
        start = now.astimezone(UTC).replace(microsecond=0).isoformat()
        arguments = {"command": command, "starts_at": start, **{name: said[name] for name in TERMS}}
        try:
            made = propose(
                actor=request.user, command="staff.policy.change", arguments=arguments, reason=reason, at=now
            )
            messages.success(request, _("Asked for; it waits for approval."))
            return redirect("staff:change_detail", pk=made.pk)
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "label": label_of(command)}
    return render(request, "staff/policy_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def delegation_list(request: HttpRequest) -> HttpResponse:
    """Who decides in whose place, and a form to let somebody decide in the reader's."""
    now, user = timezone.now(), request.user
    own = {name for name, policy in policies_in_force(now).items() if user.has_perm(policy.check_permission)}
    form = DelegationForm(request.POST or None, user=user, commands=own)
    if form.is_valid():
        try:
            made = delegate(actor=user, at=now, **form.cleaned_data)
            messages.success(request, _("%(taker)s decides in your place.") % {"taker": made.taker})
            return redirect("staff:delegation_list")
        except (ValidationError, PermissionDenied) as error:
            add_errors(form, error if isinstance(error, ValidationError) else ValidationError(str(error)))
    seen = Delegation.objects.visible_to(user).for_list()
    context = {
        "form": form if own or request.method == "POST" else None,
        "given": seen.in_force(now).filter(giver=user),
        "delegations": seen[:MOST_SHOWN],
        "columns": DELEGATIONS,
        "tabs": tabs_of(user, "delegation_list"),
        "checks": bool(checkable_commands(user, now)),
    }
    return render(request, "staff/delegation_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(Delegation.objects.visible_to(request.user).filter(giver=request.user), pk=pk)
    revoke_delegation(actor=request.user, delegation_id=delegation.pk, at=timezone.now())
    messages.success(request, _("%(taker)s no longer decides in your place.") % {"taker": delegation.taker})
    return redirect("staff:delegation_list")
