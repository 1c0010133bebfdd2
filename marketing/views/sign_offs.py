"""What compliance signs off of a campaign, word for word."""

import json

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.downloads import file
from marketing.forms.campaigns import DecideForm
from marketing.models import SignOff, SignOffState
from marketing.services.campaign_states import campaign_url
from marketing.services.dossiers import dossier_of
from marketing.services.signoffs import ask_sign_off, decide_sign_off, hurdle_to_deciding
from marketing.views.campaigns import head, visible_campaign, void_notice
from risk.views.acts import attempt
from staff.reauth import recently_authenticated


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
    asked = attempt(
        request,
        lambda: ask_sign_off(actor=request.user, campaign_id=campaign.pk, at=timezone.now()),
        _("Compliance was asked to sign it off."),
    )
    return redirect("marketing:sign_off", campaign.reference) if asked else redirect(campaign_url(campaign))


@require_POST
@login_required
@permission_required("marketing.sign_campaign", raise_exception=True)
def sign_off_decide(request, reference):
    campaign = visible_campaign(request, reference)
    waiting = get_object_or_404(SignOff, campaign=campaign, state=SignOffState.WAITING)
    form = DecideForm(request.POST)
    if form.is_valid():
        decide = lambda: decide_sign_off(  # noqa: E731
            actor=request.user, sign_off_id=waiting.pk, approve=request.POST.get("verdict") == "approve",
            at=timezone.now(), **form.cleaned_data,
        )  # fmt: skip
        attempt(request, decide)
    return redirect("marketing:sign_off", campaign.reference)


@require_POST
@login_required
@permission_required("marketing.export_campaign", raise_exception=True)
@recently_authenticated
def campaign_dossier(request, reference):
    """Everything that was signed off and what went out, as one file for a supervisor."""
    campaign = visible_campaign(request, reference)
    name, content = dossier_of(campaign, timezone.now())
    return file(
        name, content, "application/zip",
        action="marketing.campaign.exported", table="marketing_campaign", pk=campaign.pk,
    )  # fmt: skip
