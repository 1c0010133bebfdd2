from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.lists import ListPage, render_list
from risk.columns import risk_columns
from risk.filters.register import RiskFilter
from risk.formats import scale_labels
from risk.forms.register import RateForm, ReviewForm, RiskForm
from risk.forms.shared import ReasonForm
from risk.models import Indicator, RatingKind, Risk, TierRule
from risk.panels import panels_of
from risk.services.register import (
    change_risk,
    close_risk,
    matrix_in_force,
    rate_risk,
    record_risk,
    reopen_risk,
    review_risk,
)
from risk.views.acts import act, ask
from risk.views.frame import frame, risk_url, visible_risk
from staff.bulk import bulk_action

SHOWN = 50


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def risk_list(request):
    seen = Risk.objects.visible_to(request.user).for_list()
    tiers = dict(TierRule.objects.in_force(timezone.localdate()).values_list("level", "tier"))
    listing = ListPage(
        request,
        filterset=RiskFilter(request.GET, queryset=seen, request=request),
        columns=risk_columns(tiers),
        order=["-residual__score", "review_on"],
        row_url=lambda risk: (
            f"/risk/register/{risk.reference}/"
        ),  # 50 rows a page: reverse() would cost more than the row
        all_label=_("All risks"),
        actions=bulk_action("risks", request.user),
        label=_("Risks"),
        empty=_("No risk is recorded yet. Record the first one."),
    )
    actions = [
        act(request.user, "risk.add_risk", _("Record risk"), reverse("risk:risk_create"), "plus", primary=True),
        act(request.user, "risk.add_risk", _("Import risks"), reverse("staff:table_import", args=["risks"]), "upload"),
    ]
    actions.append(act(request.user, "risk.view_risk", _("Rules of tiers"), reverse("risk:tier_rules"), "stack-2"))
    return render_list(request, "risk/risk_list.html", listing, actions=actions)


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def risk_detail(request, reference):
    risk = visible_risk(request, reference)
    context = {
        "ratings": risk.ratings.for_list()[:SHOWN],
        "cause_kinds": list(risk.cause_kinds.all()),
        "consequence_kinds": list(risk.consequence_kinds.all()),
        "reviews": risk.reviews.select_related("reviewed_by")[:SHOWN],
        "indicators": Indicator.objects.visible_to(request.user).filter(risks=risk).for_list(),
        "panels": panels_of(request.user, risk),
    }
    return render(request, "risk/risk_detail.html", frame(request, risk, "overview") | context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_risk", raise_exception=True)
def risk_create(request):
    form = RiskForm(request.POST or None, user=request.user)
    return ask(
        request,
        form,
        template="risk/risk_act.html",
        context={},
        verb=_("Record risk"),
        then=reverse("risk:risk_list"),
        service=lambda: record_risk(actor=request.user, at=timezone.now(), **form.as_changes()),
        leads=risk_url,
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_risk", raise_exception=True)
def risk_edit(request, reference):
    risk = visible_risk(request, reference)
    form = RiskForm(request.POST or None, instance=risk, user=request.user)
    return ask(
        request,
        form,
        template="risk/risk_act.html",
        context={"risk": risk, "here": _("Edit risk")},
        verb=_("Save risk"),
        then=risk_url(risk),
        service=lambda: change_risk(actor=request.user, risk_id=risk.pk, changes=form.as_changes()),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.rate_risk", raise_exception=True)
def risk_rate(request, reference):
    """Rate on the matrix itself: every cell is a choice that says its score and level."""
    risk = visible_risk(request, reference)
    kind = request.GET.get("kind")
    form = RateForm(request.POST or None, initial={"kind": kind if kind in RatingKind.values else RatingKind.RESIDUAL})
    matrix = matrix_in_force(timezone.localdate())
    likelihoods, impacts = scale_labels(matrix)
    cells = {(cell.likelihood, cell.impact): cell for cell in matrix.cells.all()}
    rows = [
        (word, [(impacts[impact - 1], cells[likelihood, impact]) for impact in range(1, matrix.highest[1] + 1)])
        for likelihood, word in reversed(list(enumerate(likelihoods, 1)))
    ]
    return ask(
        request,
        form,
        template="risk/risk_rate.html",
        verb=_("Save rating"),
        then=risk_url(risk),
        context={
            "risk": risk,
            "matrix": matrix,
            "rows": rows,
            "impacts": impacts,
            "chosen": form["place"].value(),
            "here": _("Rate"),
        },
        service=lambda: rate_risk(actor=request.user, risk_id=risk.pk, at=timezone.now(), **form.as_rating()),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.review_risk", raise_exception=True)
def risk_review(request, reference):
    risk = visible_risk(request, reference)
    form = ReviewForm(request.POST or None, risk=risk)
    return ask(
        request,
        form,
        template="risk/risk_act.html",
        then=risk_url(risk),
        context={"risk": risk},
        verb=_("Record review"),
        service=lambda: review_risk(actor=request.user, risk_id=risk.pk, at=timezone.now(), **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_risk", raise_exception=True)
def risk_close(request, reference):
    risk = visible_risk(request, reference)
    form = ReasonForm(request.POST or None, label=_("Why is it closed?"))
    return ask(
        request,
        form,
        template="risk/risk_act.html",
        then=risk_url(risk),
        context={"risk": risk},
        verb=_("Close risk"),
        service=lambda: close_risk(actor=request.user, risk_id=risk.pk, **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_risk", raise_exception=True)
def risk_reopen(request, reference):
    risk = visible_risk(request, reference)
    form = ReasonForm(request.POST or None, label=_("Why is it opened again?"))
    return ask(
        request,
        form,
        template="risk/risk_act.html",
        then=risk_url(risk),
        context={"risk": risk},
        verb=_("Reopen risk"),
        service=lambda: reopen_risk(actor=request.user, risk_id=risk.pk, **form.cleaned_data),
    )
