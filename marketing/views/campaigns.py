from dataclasses import replace

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketing.columns import campaign_columns, campaign_pill
from marketing.filters.campaigns import CampaignFilter
from marketing.forms.campaigns import CampaignForm, LessonsForm, TaskForm, VariantsForm
from marketing.models import Campaign, CampaignState
from marketing.rules.experiments import WHOLE
from marketing.services.campaign_checks import findings, hurdles_to_sign_off
from marketing.services.campaign_states import campaign_url
from marketing.services.campaigns import (
    add_task,
    change_campaign,
    finish_task,
    record_campaign,
    set_variants,
    write_lessons,
)
from marketing.services.signoffs import why_void
from pages.formats import moment, money, percent
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask, attempt

S = CampaignState


@require_safe
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def campaign_list(request):
    seen = Campaign.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=CampaignFilter(request.GET, queryset=seen, request=request),
        columns=campaign_columns(),
        order=["-created_at", "-id"],
        row_url=campaign_url,
        all_label=_("All campaigns"),
        label=_("Campaigns"),
        empty=_("No campaign yet. Make a segment, write a message, then plan the first one."),
    )
    new, user = reverse("marketing:campaign_create"), request.user
    actions = [act(user, "marketing.add_campaign", _("New campaign"), new, "plus", primary=True)]
    return render_list(request, "marketing/campaign_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_campaign", raise_exception=True)
def campaign_create(request):
    form = CampaignForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"crumbs": crumbs(("", _("New campaign"))), "here": _("New campaign")},
        verb=_("Save and choose messages"),
        then=reverse("marketing:campaign_list"),
        service=lambda: record_campaign(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=lambda made: reverse("marketing:campaign_variants", args=[made.reference]),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_campaign", raise_exception=True)
def campaign_edit(request, reference):
    campaign = visible_campaign(request, reference)
    form = CampaignForm(request.POST or None, instance=campaign, user=request.user)
    change = lambda: change_campaign(  # noqa: E731
        actor=request.user, campaign_id=campaign.pk, at=timezone.now(), **form.cleaned_data
    )
    return _act(request, campaign, form, _("Edit"), change)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_campaign", raise_exception=True)
def campaign_variants(request, reference):
    campaign = visible_campaign(request, reference)
    form = VariantsForm(request.POST or None, campaign=campaign, user=request.user)
    choose = lambda: set_variants(  # noqa: E731
        actor=request.user, campaign_id=campaign.pk, variants=form.variants, at=timezone.now()
    )
    return _act(request, campaign, form, _("Messages and shares"), choose)


@require_safe
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def campaign_detail(request, reference):
    """What the campaign is meant to do, its messages, its rounds, its tasks."""
    campaign, at = visible_campaign(request, reference), timezone.now()
    context = {
        **head(request, campaign, "overview"),
        "facts": _facts(campaign),
        "variants": _variants(campaign),
        "findings": findings(campaign, at),
        "hurdles": hurdles_to_sign_off(campaign, at) if campaign.state == S.DRAFT else [],
        "rounds": campaign.rounds.order_by("-number")[:20],
        "tasks": campaign.tasks.select_related("owner", "done_by"),
        "plans": request.user.has_perm("marketing.change_campaign"),
        "unknown": campaign.deliveries.unknown().count(),
    }
    return render(request, "marketing/campaign_detail.html", context)


def _variants(campaign):
    return [(one, percent(one.share / WHOLE)) for one in campaign.variants.select_related("message").order_by("code")]


def _facts(campaign):
    facts = [
        (_("Objective"), campaign.objective),
        (_("Kind"), campaign.get_kind_display()),
        (_("Starts"), moment(campaign.starts_at)),
        (_("Send by"), moment(campaign.send_by) if campaign.send_by else None),
        (_("Again"), campaign.get_every_display() if campaign.every else None),
        (_("Ends"), moment(campaign.ends_at) if campaign.ends_at else None),
        (_("Segment"), campaign.segment),
        (_("Product"), campaign.product),
        (_("Offer"), campaign.offer),
        (_("Provider"), campaign.provider),
        (_("Consent to"), campaign.get_purpose_display()),
        (_("Priority"), campaign.priority),
        (_("Held out"), percent(campaign.holdout / WHOLE)),
        (_("Counts as converted"), campaign.get_conversion_display()),
        (_("Within days"), campaign.conversion_days),
        (_("Tracking"), campaign.get_tracking_display()),
        (_("Budget"), money(campaign.budget, campaign.currency)),
        (_("Costs beside messages and offers"), money(campaign.fixed_cost, campaign.currency)),
    ]
    return [(name, value) for name, value in facts if value is not None]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_campaign", raise_exception=True)
def task_add(request, reference):
    campaign = visible_campaign(request, reference)
    form = TaskForm(request.POST or None, initial={"owner": request.user.pk})
    add = lambda: add_task(actor=request.user, campaign_id=campaign.pk, **form.cleaned_data)  # noqa: E731
    return _act(request, campaign, form, _("Add a task"), add)


@require_http_methods(["POST"])
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def task_done(request, reference, pk):
    campaign = visible_campaign(request, reference)
    task = get_object_or_404(campaign.tasks, pk=pk)
    attempt(request, lambda: finish_task(actor=request.user, task_id=task.pk, at=timezone.now()))
    return redirect(campaign_url(campaign))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_campaign", raise_exception=True)
def campaign_lessons(request, reference):
    campaign = visible_campaign(request, reference)
    form = LessonsForm(request.POST or None, initial={"lessons": campaign.lessons})
    write = lambda: write_lessons(actor=request.user, campaign_id=campaign.pk, **form.cleaned_data)  # noqa: E731
    return _act(request, campaign, form, _("What we learned"), write)


def _act(request, campaign, form, verb, service):
    return ask(
        request, form, context={"crumbs": crumbs_of(campaign, verb)}, verb=verb, then=campaign_url(campaign),
        service=service,
    )  # fmt: skip


def head(request, campaign, tab):
    """What every page of a campaign begins with."""
    return {
        "campaign": campaign,
        "crumbs": crumbs_of(campaign),
        "pill": campaign_pill(campaign),
        "tabs": _tabs(campaign, tab),
        "actions": actions_of(request.user, campaign),
    }


def _tabs(campaign, active):
    listed = [
        ("overview", _("Overview"), "campaign_detail"),
        ("audience", _("Audience"), "campaign_audience"),
        ("sign_off", _("Sign-off"), "sign_off"),
        ("recipients", _("Going out"), "campaign_recipients"),
        ("results", _("Results"), "campaign_results"),
    ]
    return [
        {"label": label, "url": reverse(f"marketing:{name}", args=[campaign.reference]), "active": key == active}
        for key, label, name in listed
    ]


def actions_of(user, campaign):
    """What can be done with a campaign now; what cannot, with why."""
    to = lambda name: reverse(f"marketing:{name}", args=[campaign.reference])  # noqa: E731
    change, run = "marketing.change_campaign", "marketing.run_campaign"
    still = "" if campaign.is_editable else _("Pause the campaign before you change it.")
    still = _("This campaign is over.") if campaign.is_over else still
    asks = "" if campaign.state in (S.DRAFT, S.PAUSED, S.REVIEW) and not still else still or _("It is signed off.")
    signed = "" if campaign.state == S.APPROVED else _("It is not signed off.")
    moving = "" if campaign.state in (S.SCHEDULED, S.RUNNING) else _("It does not run.")
    paused = "" if campaign.state == S.PAUSED else _("It is not paused.")
    over = _("This campaign is over.") if campaign.is_over else ""
    seldom = lambda action: replace(action, more=True)  # noqa: E731
    draft, ready = campaign.state == S.DRAFT, campaign.state == S.APPROVED
    return [
        act(user, change, _("Ask for sign-off"), to("ask_sign_off"), "send", post=True, primary=draft, hurdle=asks),
        act(user, run, _("Schedule"), to("campaign_schedule"), "calendar-event", post=True, primary=ready, hurdle=signed),
        act(user, run, _("Pause"), to("campaign_pause"), "player-pause", hurdle=moving),
        act(user, run, _("Resume"), to("campaign_resume"), "player-play", post=True, hurdle=paused),
        seldom(act(user, change, _("Edit"), to("campaign_edit"), "pencil", hurdle=still)),
        seldom(act(user, change, _("Messages and shares"), to("campaign_variants"), "message", hurdle=still)),
        seldom(act(user, change, _("Add a task"), to("task_add"), "checklist")),
        seldom(act(user, change, _("What we learned"), to("campaign_lessons"), "bulb",
                   hurdle="" if campaign.begun_at else _("It has not run yet."))),
        seldom(act(user, run, _("Cancel for good"), to("campaign_cancel"), "x", hurdle=over)),
    ]  # fmt: skip


def visible_campaign(request, reference):
    """The campaign, or 404 for one that is not there or not for the reader: the two look the same."""
    return get_object_or_404(Campaign.objects.visible_to(request.user).for_list(), reference=reference.upper())


def crumbs(*more):
    return [(_("Campaigns"), reverse("marketing:campaign_list")), *((word, url) for url, word in more)]


def crumbs_of(campaign, *more):
    here = (campaign_url(campaign) if more else "", campaign.reference)
    return crumbs(here, *(("", word) for word in more))


def void_notice(campaign, at):
    """Why the sign-off would not hold if it were looked at now, where there is one."""
    return why_void(campaign, at) if campaign.sign_off_id and not campaign.is_over else ""
