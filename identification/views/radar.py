from datetime import date

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identification.filters.radar import EmergingRiskFilter
from identification.forms.radar import BecameRiskForm, DropForm, EmergingRiskForm, LookForm, NewEmergingRiskForm
from identification.models import EmergingRisk
from identification.radar_columns import dot_columns, emerging_columns, next_look, reading_columns, state_pill
from identification.radar_drawing import draw_radar
from identification.services.radar import (
    became_risk,
    change_emerging_risk,
    drop_emerging_risk,
    emerging_url,
    look_at_emerging_risk,
    proposal_key,
    watch_emerging_risk,
)
from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.models import ProposalSource, RiskProposal
from risk.views.acts import act, ask
from risk.views.proposals import proposing

SHOWN = 200


@require_safe
@login_required
@permission_required("identification.view_emergingrisk", raise_exception=True)
def radar(request):
    """The radar of today, or of the past day that `on` names."""
    on, problem = _day(request.GET.get("on", ""))
    drawing = draw_radar(request.user, on)
    context = {
        "radar": drawing,
        "problem": problem,
        "columns": dot_columns(),
        "row_url": opens(lambda row: row.url),
        "actions": [
            act(request.user, "identification.view_emergingrisk", _("As a list"), _list_url(), "list"),
            _new(request.user),
        ],
        "today": timezone.localdate(),
    }
    return render(request, "identification/radar.html", context)


def _day(text: str) -> tuple[date, str]:
    today = timezone.localdate()
    if not text:
        return today, ""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return today, _("“%(text)s” is no day: write it as 2026-03-31. This is the radar of today.") % {
            "text": text[:20]
        }
    if on > today:
        return today, _("That day is yet to come. This is the radar of today.")
    if on.year < 1990:
        return today, _("Nothing was watched then. This is the radar of today.")
    return on, ""


def _list_url():
    return reverse("identification:emerging_list")


def _new(user):
    url = reverse("identification:emerging_create")
    return act(user, "identification.add_emergingrisk", _("Put on the radar"), url, "plus", primary=True)


@require_safe
@login_required
@permission_required("identification.view_emergingrisk", raise_exception=True)
def emerging_list(request):
    seen = EmergingRisk.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=EmergingRiskFilter(request.GET, queryset=seen, request=request),
        columns=emerging_columns(),
        order=["next_look_on", "id"],
        row_url=lambda row: f"/identification/emerging/{row.reference}/",
        all_label=_("All emerging risks"),
        label=_("Emerging risks"),
        empty=_("Nothing is on the radar yet. Put on it what may become a risk."),
    )
    url = reverse("identification:radar")
    actions = [act(request.user, "identification.view_emergingrisk", _("Radar"), url, "target"), _new(request.user)]
    return render_list(request, "identification/emerging_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_emergingrisk", raise_exception=True)
def emerging_create(request):
    form = NewEmergingRiskForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"crumbs": [(_("Emerging risks"), _list_url()), (_("Put on the radar"), "")]},
        verb=_("Put on the radar"),
        then=_list_url(),
        service=lambda: watch_emerging_risk(
            actor=request.user, at=timezone.now(), look=form.as_look(), **form.as_fields()
        ),
        leads=emerging_url,
    )


@require_safe
@login_required
@permission_required("identification.view_emergingrisk", raise_exception=True)
def emerging_detail(request, reference):
    emerging = _emerging(request, reference)
    context = {
        "emerging": emerging,
        "crumbs": [(_("Emerging risks"), _list_url()), (emerging.reference, "")],
        "actions": _actions(request.user, emerging),
        "state": state_pill(emerging),
        "next_look": next_look(emerging),
        "readings": emerging.readings.select_related("by")[:SHOWN],
        "columns": reading_columns(),
        "proposal": RiskProposal.objects.visible_to(request.user).filter(source_key=proposal_key(emerging)).first(),
    }
    return render(request, "identification/emerging_detail.html", context)


def _actions(user, emerging):
    to = lambda name: reverse(f"identification:emerging_{name}", args=[emerging.reference])  # noqa: E731
    ended = "" if emerging.is_watched else _("It is not watched any more.")
    change = "identification.change_emergingrisk"
    return [
        act(user, change, _("Look again"), to("look"), "eye", hurdle=ended, primary=True),
        act(user, "risk.add_riskproposal", _("Propose as a risk"), to("propose"), "send", hurdle=ended),
        act(user, change, _("Edit"), to("edit"), "edit", hurdle=ended),
        act(user, change, _("It became a risk"), to("became"), "alert-triangle", hurdle=ended),
        act(user, change, _("Drop"), to("drop"), "archive", hurdle=ended),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_emergingrisk", raise_exception=True)
def emerging_edit(request, reference):
    emerging = _emerging(request, reference)
    form = EmergingRiskForm(request.POST or None, instance=emerging, user=request.user)
    return _ask(
        request,
        emerging,
        form,
        _("Edit"),
        lambda: change_emerging_risk(
            actor=request.user, emerging_id=emerging.pk, changes=form.as_fields(), at=timezone.now()
        ),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_emergingrisk", raise_exception=True)
def emerging_look(request, reference):
    emerging = _emerging(request, reference)
    last = emerging.latest
    names = ("horizon", "likelihood", "severity", "velocity", "trend")
    form = LookForm(request.POST or None, initial={name: getattr(last, name) for name in names})
    return _ask(request, emerging, form, _("Look again"), _served(request, emerging, form, look_at_emerging_risk))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_emergingrisk", raise_exception=True)
def emerging_drop(request, reference):
    emerging = _emerging(request, reference)
    form = DropForm(request.POST or None)
    return _ask(request, emerging, form, _("Drop"), _served(request, emerging, form, drop_emerging_risk))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_emergingrisk", raise_exception=True)
def emerging_became(request, reference):
    emerging = _emerging(request, reference)
    form = BecameRiskForm(request.POST or None, user=request.user)
    return _ask(request, emerging, form, _("It became a risk"), _served(request, emerging, form, became_risk))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_emergingrisk", raise_exception=True)
def emerging_propose(request, reference):
    emerging = _emerging(request, reference)
    url = emerging_url(emerging)
    return proposing(
        request,
        source=ProposalSource.RADAR,
        source_key=proposal_key(emerging),
        url=url,
        initial={
            "title": emerging.name,
            "risk_class": emerging.risk_class,
            "description": emerging.description,
            "causes": emerging.drivers,
        },
        line_id=emerging.line_id,
        source_title=str(emerging),
        then=url,
        crumbs=[(_("Emerging risks"), _list_url()), (emerging.reference, url)],
    )


def _served(request, emerging, form, service):
    return lambda: service(actor=request.user, emerging_id=emerging.pk, at=timezone.now(), **form.cleaned_data)


def _ask(request, emerging, form, verb, service):
    url = emerging_url(emerging)
    crumbs = [(_("Emerging risks"), _list_url()), (emerging.reference, url), (verb, "")]
    about = emerging.name
    return ask(request, form, context={"crumbs": crumbs, "about": about}, verb=verb, then=url, service=service)


def _emerging(request, reference):
    seen = EmergingRisk.objects.visible_to(request.user).for_list().select_related("recorded_by")
    return get_object_or_404(seen, reference=reference.upper())
