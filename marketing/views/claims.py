from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketing.content_columns import claim_columns
from marketing.filters.messages import ClaimFilter
from marketing.forms.messages import ClaimForm
from marketing.models import Claim
from marketing.services.claims import add_claim, approve_claim
from pages.formats import day
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask, attempt


@require_safe
@login_required
@permission_required("marketing.view_claim", raise_exception=True)
def claim_list(request):
    listing = ListPage(
        request,
        filterset=ClaimFilter(request.GET, queryset=Claim.objects.visible_to(request.user).for_list(), request=request),
        columns=claim_columns(),
        order=["-added_at", "-id"],
        row_url=lambda one: reverse("marketing:claim_detail", args=[one.pk]),
        all_label=_("All claims"),
        label=_("Claims register"),
        empty=_("No claim yet. Enter what messages say of us and can be proved."),
    )
    new = reverse("marketing:claim_create")
    actions = [act(request.user, "marketing.add_claim", _("New claim"), new, "plus", primary=True)]
    return render_list(request, "marketing/claim_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_claim", raise_exception=True)
def claim_create(request):
    form = ClaimForm(request.POST or None)
    back = reverse("marketing:claim_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Claims register"), back), (_("New claim"), "")]},
        verb=_("New claim"),
        then=back,
        service=lambda: add_claim(actor=request.user, at=timezone.now(), **form.cleaned_data),
    )


@require_safe
@login_required
@permission_required("marketing.view_claim", raise_exception=True)
def claim_detail(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
    approve = reverse("marketing:claim_approve", args=[claim.pk])
    waits = "" if claim.approved_at is None else _("This claim is approved already.")
    own = _("Whoever added a claim does not approve it.") if claim.added_by_id == request.user.pk else ""
    context = {
        "claim": claim,
        "crumbs": [(_("Claims register"), reverse("marketing:claim_list")), (claim.words, "")],
        "facts": [
            (_("Language"), claim.get_language_display()),
            (_("Proof"), claim.proof),
            (_("Holds until"), day(claim.expires_on)),
            (_("Entered"), f"{claim.added_by}, {day(timezone.localdate(claim.added_at))}"),
            (_("Approved by"), claim.approved_by),
        ],
        "actions": [
            act(request.user, "marketing.approve_claim", _("Approve"), approve, "check", post=True, primary=not waits,
                hurdle=waits or own)
        ],
    }  # fmt: skip
    return render(request, "marketing/claim_detail.html", context)


@require_POST
@login_required
@permission_required("marketing.approve_claim", raise_exception=True)
def claim_approve(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user), pk=pk)
    attempt(request, lambda: approve_claim(actor=request.user, claim_id=claim.pk, at=timezone.now()))
    return redirect("marketing:claim_detail", claim.pk)
