"""A campaign goes out, waits, goes on, ends."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketing.forms.campaigns import ReasonForm
from marketing.services.campaign_states import campaign_url
from marketing.services.campaigns import cancel_campaign, pause_campaign, resume_campaign, schedule_campaign
from marketing.views.campaigns import crumbs_of, visible_campaign
from risk.views.acts import ask, attempt


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
    attempt(request, lambda: service(actor=request.user, campaign_id=campaign.pk, at=timezone.now()))
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
