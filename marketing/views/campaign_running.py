"""Pages of a campaign's audience, sign-off and going out."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.services import emit
from customers.models import CustomerRisk
from marketing.columns import recipient_columns
from marketing.filters.campaigns import RecipientFilter
from marketing.forms.campaigns import DecideForm, ReasonForm, ReconcileForm
from marketing.models import Exclusion, Recipient, SignOff, SignOffState
from marketing.services.audiences import foresee
from marketing.services.campaigns import cancel_campaign, pause_campaign, resume_campaign, schedule_campaign
from marketing.services.dossiers import dossier_of
from marketing.services.reconciling import reconcile_by_log
from marketing.services.signoffs import ask_sign_off, campaign_url, decide_sign_off, hurdle_to_deciding
from marketing.views.campaigns import crumbs_of, head, visible_campaign, void_notice
from pages.formats import money, number, percent
from pages.lists import ListPage, render_list
from risk.views.acts import ask
from staff.reauth import recently_authenticated

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
def sign_off(request, reference):
    """What waits to be signed off or was, word for word, with its hash; and every one before."""
    campaign = visible_campaign(request, reference)
    every = list(campaign.sign_offs.select_related("asked_by", "decided_by").order_by("-number"))
    shown = _asked_for(every, request.GET.get("number", ""))
    if shown:
        shown.campaign = campaign
    decides = shown is not None and shown.state == SignOffState.WAITING
    hurdle = hurdle_to_deciding(request.user, shown) if shown else ""
    context = {
        **head(request, campaign, "sign_off"),
        "shown": shown,
        "every": every,
        "parts": list(parts_in(json.loads(shown.body))) if shown else [],
        "void": void_notice(campaign, timezone.now()),
        "decides": decides and not hurdle,
        "hurdle": hurdle if decides else "",
        "form": DecideForm(initial={"sha256": shown.sha256}) if decides and not hurdle else None,
        "exports": request.user.has_perm("marketing.export_campaign"),
    }
    return render(request, "marketing/sign_off.html", context)


def parts_in(value, path=""):
    """Every single thing that is signed off, with where it stands: `messages.A.texts.en.subject`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from parts_in(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value):
        for place, inner in enumerate(value, start=1):
            yield from parts_in(inner, f"{path}[{place}]")
    else:
        shown = "\n".join(map(str, value)) if isinstance(value, list) else value
        yield path, "–" if shown in (None, "") else shown


def _asked_for(every, wish):
    named = next((one for one in every if str(one.number) == wish), None)
    return named or (every[0] if every else None)


@require_POST
@login_required
@permission_required("marketing.change_campaign", raise_exception=True)
def sign_off_ask(request, reference):
    campaign = visible_campaign(request, reference)
    try:
        ask_sign_off(actor=request.user, campaign_id=campaign.pk, at=timezone.now())
        messages.success(request, _("Compliance was asked to sign it off."))
    except ValidationError as error:
        for one in error.messages:
            messages.error(request, one)
        return redirect(campaign_url(campaign))
    return redirect("marketing:sign_off", campaign.reference)


@require_POST
@login_required
@permission_required("marketing.sign_campaign", raise_exception=True)
def sign_off_decide(request, reference):
    campaign = visible_campaign(request, reference)
    waiting = get_object_or_404(SignOff, campaign=campaign, state=SignOffState.WAITING)
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            decide_sign_off(
                actor=request.user, sign_off_id=waiting.pk, approve=request.POST.get("verdict") == "approve",
                at=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
        except ValidationError as error:
            for one in error.messages:
                messages.error(request, one)
    return redirect("marketing:sign_off", campaign.reference)


@require_POST
@login_required
@permission_required("marketing.export_campaign", raise_exception=True)
@recently_authenticated
def campaign_dossier(request, reference):
    """Everything that was signed off and what went out, as one file for a supervisor."""
    campaign = visible_campaign(request, reference)
    emit("export", table="marketing_campaign", pk=campaign.pk, action="marketing.campaign.exported")
    name, content = dossier_of(campaign, timezone.now())
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


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


@require_POST
@login_required
@permission_required("marketing.run_campaign", raise_exception=True)
def campaign_schedule(request, reference):
    return _move(request, reference, schedule_campaign)


@require_POST
@login_required
@permission_required("marketing.run_campaign", raise_exception=True)
def campaign_resume(request, reference):
    return _move(request, reference, resume_campaign)


def _move(request, reference, service):
    campaign = visible_campaign(request, reference)
    try:
        service(actor=request.user, campaign_id=campaign.pk, at=timezone.now())
    except ValidationError as error:
        for one in error.messages:
            messages.error(request, one)
    return redirect(campaign_url(campaign))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.run_campaign", raise_exception=True)
def campaign_pause(request, reference):
    campaign = visible_campaign(request, reference)
    form = ReasonForm(request.POST or None)
    pause = lambda: pause_campaign(  # noqa: E731
        actor=request.user, campaign_id=campaign.pk, at=timezone.now(), **form.cleaned_data
    )
    return _ask_why(request, campaign, form, _("Pause"), pause)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.run_campaign", raise_exception=True)
def campaign_cancel(request, reference):
    campaign = visible_campaign(request, reference)
    form = ReasonForm(request.POST or None)
    cancel = lambda: cancel_campaign(  # noqa: E731
        actor=request.user, campaign_id=campaign.pk, at=timezone.now(), **form.cleaned_data
    )
    return _ask_why(request, campaign, form, _("Cancel for good"), cancel, tone="red")


def _ask_why(request, campaign, form, verb, service, tone=""):
    return ask(
        request, form, context={"crumbs": crumbs_of(campaign, verb)}, verb=verb, then=campaign_url(campaign),
        service=service, tone=tone,
    )  # fmt: skip
