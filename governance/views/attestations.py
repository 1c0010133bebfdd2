from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.columns import attestation_columns
from governance.filters.policies import AttestationFilter
from governance.models import Attestation
from governance.services.attestations import confirm_attestation, own_attestation, rate_of, rates_by_team
from governance.services.policies import policy_url
from governance.views.policies import in_force, visible_policy
from pages.columns import opens
from pages.lists import ListPage, render_list

SHOWN = 200


@require_safe
@login_required
@permission_required("governance.view_attestation", raise_exception=True)
def attestation_list(request):
    """What one has to confirm oneself; whoever oversees them sees everybody's."""
    listing = ListPage(
        request,
        filterset=AttestationFilter(
            request.GET, queryset=Attestation.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=attestation_columns(),
        order=["-due_on", "-id"],
        row_url=lambda row: f"/governance/policies/{row.version.policy.code}/",
        all_label=_("All confirmations"),
        label=_("Confirmations"),
        empty=_("Nobody is asked to confirm a policy yet."),
    )
    return render_list(request, "governance/attestation_list.html", listing)


@require_POST
@login_required
@permission_required("governance.view_attestation", raise_exception=True)
def policy_confirm(request, code):
    """Confirm the text that was shown, by its hash."""
    policy = visible_policy(request, code)
    own = own_attestation(request.user, in_force(list(policy.versions.all()), timezone.localdate()))
    if own is None:
        raise Http404
    try:
        shown = request.POST.get("sha256", "")
        confirm_attestation(actor=request.user, attestation_id=own.pk, sha256=shown, at=timezone.now())
        messages.success(request, _("Confirmed. Thank you for reading it."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(policy_url(policy))


@require_safe
@login_required
@permission_required("governance.oversee_attestation", raise_exception=True)
def policy_attestations(request, code):
    """The rate of each team for the version in force, and who is missing."""
    policy, today = visible_policy(request, code), timezone.localdate()
    current = in_force(list(policy.versions.all()), today)
    missing = Attestation.objects.waiting(today).filter(version=current) if current else Attestation.objects.none()
    context = {
        "policy": policy,
        "current": current,
        "crumbs": [
            (_("Policies"), reverse("governance:policy_list")),
            (policy.name, policy_url(policy)),
            (_("Who has confirmed"), ""),
        ],
        "whole": rate_of(current, today) if current else None,
        "rates": rates_by_team(current, today) if current else [],
        "missing": missing.for_list().order_by("due_on", "person__full_name", "pk")[:SHOWN],
        "columns": attestation_columns(),
        "row_url": opens(lambda row: f"/staff/people/{row.person_id}/"),
    }
    return render(request, "governance/policy_attestations.html", context)
