"""Whom a campaign would reach, whom it reached, and what became of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import CustomerRisk
from marketing.columns import recipient_columns
from marketing.filters.campaigns import RecipientFilter
from marketing.forms.campaigns import ReconcileForm
from marketing.models import Exclusion, Recipient
from marketing.services.audiences import foresee
from marketing.services.reconciling import reconcile_by_log
from marketing.views.campaigns import crumbs_of, head, visible_campaign
from pages.formats import money, number, percent
from pages.lists import ListPage, render_list
from risk.views.acts import ask

BASE_SHARE = 0.05  # of whom a response is expected, for the least effect that could be found


@require_safe
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def campaign_audience(request, reference):
    """Whom the campaign would reach if it went out now, and why not the others."""
    campaign = visible_campaign(request, reference)
    seen = foresee(campaign, timezone.now())
    least = seen.least_effect(BASE_SHARE)
    left_out = [(Exclusion(reason).label, count) for reason, count in seen.left_out.items()]
    cost = campaign.provider.price * seen.reached
    context = {
        **head(request, campaign, "audience"),
        "seen": seen,
        "sentence": sentence_of(seen.matched, seen.left_out, seen.held),
        "left_out": [(label, number(count), _share(count, seen.matched)) for label, count in left_out],
        "risk_mix": [
            (level.label, number(seen.risk_mix.get(level, 0)), _share(seen.risk_mix.get(level, 0), seen.reached))
            for level in CustomerRisk
        ]
        if seen.reached
        else [],
        "facts": [
            (_("Matched"), number(seen.matched)),
            (_("Would be written to"), number(seen.reached)),
            (_("Held out"), number(seen.held)),
            (_("Cost of messages"), money(cost, campaign.provider.currency)),
            (_("With the other costs"), money(cost + campaign.fixed_cost, campaign.currency)),
            (_("Budget"), money(campaign.budget, campaign.currency)),
            (_("Least effect that can be found"), _effect(least)),
        ],
        "over_budget": bool(campaign.budget) and cost + campaign.fixed_cost > campaign.budget,
    }
    return render(request, "marketing/campaign_audience.html", context)


def _effect(least):
    if least is None:
        return _("none: too few people are written to or held out")
    return _("%(points)s points above %(base)s") % {
        "points": number(round(least * 100, 2)),
        "base": percent(BASE_SHARE),
    }


def _share(count, whole):
    return percent(count / whole) if whole else "–"


def sentence_of(matched, left_out, held):
    """“12,430 matched: 812 unsuitable, 1,904 no consent, 377 capped, 500 held out”."""
    parts = [f"{number(count)} {Exclusion(reason).label}" for reason, count in left_out.items()]
    if held:
        parts.append(_("%(n)s held out") % {"n": number(held)})
    said = ngettext("%(n)s matched", "%(n)s matched", matched) % {"n": number(matched)}
    return f"{said}: {', '.join(parts)}" if parts else said


@require_safe
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def campaign_recipients(request, reference):
    """Everybody who matched, and what became of it."""
    campaign = visible_campaign(request, reference)
    drawn = Recipient.objects.filter(campaign=campaign).select_related("customer", "variant", "round", "delivery")
    listing = ListPage(
        request,
        filterset=RecipientFilter(request.GET, queryset=drawn.defer("customer__search"), request=request),
        columns=recipient_columns(),
        order=["-id"],
        row_url=lambda one: reverse("customers:customer_detail", args=[one.customer.reference]),
        all_label=_("Everybody who matched"),
        label=_("Recipients"),
        empty=_("No audience was drawn yet."),
    )
    return render_list(
        request, "marketing/campaign_recipients.html", listing, **head(request, campaign, "recipients"),
        unknown=campaign.deliveries.unknown().count(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.run_campaign", raise_exception=True)
def campaign_reconcile(request, reference):
    """Settle messages of which nobody knows, by the provider's log."""
    campaign = visible_campaign(request, reference)
    form = ReconcileForm(request.POST or None)

    def settle():
        taken, again = reconcile_by_log(
            actor=request.user, campaign_id=campaign.pk, log=form.cleaned_data["log"], at=timezone.now()
        )
        said = _("%(taken)s were sent; %(again)s go out again.") % {"taken": number(taken), "again": number(again)}
        messages.success(request, said)

    return ask(
        request, form, context={"crumbs": crumbs_of(campaign, _("Perhaps sent"))}, verb=_("Settle by this log"),
        then=reverse("marketing:campaign_recipients", args=[campaign.reference]), service=settle,
    )  # fmt: skip
