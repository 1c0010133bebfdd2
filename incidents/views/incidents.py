from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.views.cause_trees import tree_action
from incidents.columns import severity_pill
from incidents.filters.incidents import IncidentFilter
from incidents.forms.incidents import ActionForm, ClockForm, CloseIncidentForm, IncidentForm, StageForm, TimelineForm
from incidents.incident_columns import incident_columns, stage_pill
from incidents.models import Case, Incident, IncidentAction, IncidentClock, LossEvent
from incidents.services.incidents import (
    add_action,
    close_incident,
    finish_action,
    hurdle_to_closing,
    meet_clock,
    reach_stage,
    report_incident,
    write_in_incident,
)
from pages.lists import ListPage, render_list
from risk.models import Risk
from risk.views.acts import act, ask
from risk.views.proposals import propose_act

SHOWN = 200
# act → the form that it asks, and what stands on its button
ACTS = {
    "write": (TimelineForm, gettext_lazy("Add to the timeline")),
    "contained": (StageForm, gettext_lazy("Record containment")),
    "resolved": (StageForm, gettext_lazy("Record resolution")),
    "action": (ActionForm, gettext_lazy("Add action")),
    "close": (CloseIncidentForm, gettext_lazy("Close incident")),
}


@require_safe
@login_required
@permission_required("incidents.view_incident", raise_exception=True)
def incident_list(request):
    seen = Incident.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=IncidentFilter(request.GET, queryset=seen, request=request),
        columns=incident_columns(),
        order=["-detected_at", "-id"],
        row_url=lambda row: f"/incidents/register/{row.reference}/",
        all_label=_("All incidents"),
        label=_("Incidents"),
        empty=_("No incident is recorded."),
    )
    url = reverse("incidents:incident_create")
    actions = [
        act(request.user, "incidents.add_incident", _("Report incident"), url, "plus", primary=True),
        act(
            request.user, "incidents.view_noticerule", _("Rules of notice"), reverse("incidents:notice_rules"), "scale"
        ),
    ]
    return render_list(request, "incidents/incident_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.add_incident", raise_exception=True)
def incident_create(request):
    """Report an incident, by hand or of the case or the risk that the address names."""
    case = Case.objects.visible_to(request.user).filter(reference=request.GET.get("case", "").upper()).first()
    risk = Risk.objects.visible_to(request.user).filter(reference=request.GET.get("risk", "").upper()).first()
    initial = {"owner": request.user.pk, "case": case, "risk": risk or (case.risk if case else None)}
    if case:
        initial |= {"title": case.title, "severity": case.severity}
    form = IncidentForm(request.POST or None, user=request.user, initial=initial)
    return ask(
        request,
        form,
        context={"crumbs": [(_("Incidents"), reverse("incidents:incident_list")), (_("Report incident"), "")]},
        verb=_("Report incident"),
        then=reverse("incidents:incident_list"),
        service=lambda: report_incident(actor=request.user, at=timezone.now(), **form.as_report()),
        leads=incident_url,
    )


@require_safe
@login_required
@permission_required("incidents.view_incident", raise_exception=True)
def incident_detail(request, reference):
    incident = visible_incident(request, reference)
    losses = LossEvent.objects.visible_to(request.user).filter(incident=incident).for_list()
    context = {
        "incident": incident,
        "crumbs": [(_("Incidents"), reverse("incidents:incident_list")), (incident.reference, "")],
        "actions": _actions(request.user, incident),
        "severity": severity_pill(incident),
        "stage": stage_pill(incident),
        "clocks": incident.clocks.select_related("rule", "met_by"),
        "entries": incident.entries.select_related("by")[:SHOWN],
        "measures": incident.actions.select_related("owner"),
        "losses": losses,
        "works": request.user.has_perm("incidents.change_incident"),
        "now": timezone.now(),
        "company": settings.COMPANY_JURISDICTION,
    }
    return render(request, "incidents/incident_detail.html", context)


def _actions(user, incident):
    to = lambda name: reverse("incidents:incident_act", args=[incident.reference, name])  # noqa: E731
    closed = _("%(reference)s is closed.") % {"reference": incident.reference} if incident.closed_at else ""
    owner = "" if incident.owner_id == user.pk else _("Its owner does this: %(owner)s.") % {"owner": incident.owner}
    change, change_loss = "incidents.change_incident", "incidents.add_lossevent"
    stage = "resolved" if incident.contained_at else "contained"
    done = _("That is recorded already.") if incident.resolved_at else ""
    loss = f"{reverse('incidents:loss_create')}?incident={incident.reference}"
    return [
        act(user, change, ACTS["write"][1], to("write"), "edit", hurdle=closed, primary=True),
        act(user, change, ACTS[stage][1], to(stage), "shield-check", hurdle=closed or done),
        act(user, change, ACTS["action"][1], to("action"), "list-check", hurdle=closed),
        act(user, change_loss, _("Record loss"), loss, "cash"),
        tree_action(user, f"incident:{incident.pk}"),
        act(
            user, change, ACTS["close"][1], to("close"), "check", hurdle=closed or owner or hurdle_to_closing(incident)
        ),
        propose_act(user, reverse("incidents:incident_propose", args=[incident.reference])),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_incident", raise_exception=True)
def incident_act(request, reference, act):
    """Ask what an act on an incident needs, and do it."""
    incident = visible_incident(request, reference)
    if act not in ACTS:
        raise Http404
    form_class, verb = ACTS[act]
    initial = {"reached_at": timezone.localtime().replace(second=0, microsecond=0)}
    form = form_class(request.POST or None, initial=initial)
    crumbs = [
        (_("Incidents"), reverse("incidents:incident_list")),
        (incident.reference, incident_url(incident)),
        (verb, ""),
    ]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": incident.title},
        verb=verb,
        then=incident_url(incident),
        service=lambda: _do(act, request.user, incident, form.cleaned_data),
    )


def _do(act, actor, incident, asked):
    now, which = timezone.now(), {"actor": actor, "incident_id": incident.pk}
    if act == "write":
        return write_in_incident(**which, at=now, **asked)
    if act in ("contained", "resolved"):
        return reach_stage(**which, stage=act, at=now, **asked)
    if act == "action":
        return add_action(**which, **asked)
    return close_incident(**which, at=now, **asked)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_incident", raise_exception=True)
def clock_meet(request, pk):
    """Record that a notice was given."""
    seen = IncidentClock.objects.filter(incident__in=Incident.objects.visible_to(request.user))
    clock = get_object_or_404(seen.select_related("incident", "rule"), pk=pk)
    form = ClockForm(request.POST or None, initial={"met_at": timezone.localtime().replace(second=0, microsecond=0)})
    back = incident_url(clock.incident)
    crumbs = [(_("Incidents"), reverse("incidents:incident_list")), (clock.incident.reference, back), (_("Notice"), "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": f"{clock.rule} · {clock.rule.source}"},
        verb=_("Record notice"),
        then=back,
        service=lambda: meet_clock(actor=request.user, clock_id=clock.pk, at=timezone.now(), **form.cleaned_data),
    )


@require_POST
@login_required
@permission_required("incidents.change_incident", raise_exception=True)
def action_done(request, pk):
    seen = IncidentAction.objects.filter(incident__in=Incident.objects.visible_to(request.user))
    action = get_object_or_404(seen.select_related("incident"), pk=pk)
    finish_action(actor=request.user, action_id=action.pk, at=timezone.now())
    return redirect(incident_url(action.incident))


def visible_incident(request, reference):
    return get_object_or_404(Incident.objects.visible_to(request.user).for_list(), reference=reference.upper())


def incident_url(incident):
    return reverse("incidents:incident_detail", args=[incident.reference])
