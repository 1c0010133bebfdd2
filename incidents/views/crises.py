from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.filters.crises import CrisisFilter
from incidents.forms.crises import CrisisForm, DecisionForm
from incidents.incident_columns import crisis_columns
from incidents.models import Crisis, Incident
from incidents.services.crises import banner, decide_in_crisis, declare_crisis, end_crisis
from pages.lists import ListPage, render_list
from risk.forms.shared import ReasonForm
from risk.views.acts import act, ask


@require_safe
@login_required
def crisis_banner(request):
    """The banner, where it says something else than the reader's page; 204 where it does not."""
    said = banner()
    if request.GET.get("since", "") == said.reference:
        return HttpResponse(status=204)
    return render(request, "incidents/crisis_banner.html", {"crisis": said})


@require_safe
@login_required
@permission_required("incidents.view_crisis", raise_exception=True)
def crisis_list(request):
    listing = ListPage(
        request,
        filterset=CrisisFilter(request.GET, queryset=Crisis.objects.visible_to(request.user).for_list()),
        columns=crisis_columns(),
        order=["-declared_at", "-id"],
        row_url=lambda row: f"/incidents/crises/{row.reference}/",
        search_field="",
        all_label=_("All crises"),
        label=_("Crises"),
        empty=_("No crisis was ever declared."),
    )
    url, running = reverse("incidents:crisis_declare"), Crisis.objects.open().first()
    hurdle = _("%(crisis)s is declared already: end it first.") % {"crisis": running} if running else ""
    declare = act(request.user, "incidents.declare_crisis", _("Declare crisis"), url, "alert-triangle", hurdle=hurdle)
    return render_list(request, "incidents/crisis_list.html", listing, actions=[declare])


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.declare_crisis", raise_exception=True)
def crisis_declare(request):
    incident = Incident.objects.visible_to(request.user).filter(reference=request.GET.get("incident", "").upper())
    form = CrisisForm(request.POST or None, user=request.user, initial={"incident": incident.first()})
    return ask(
        request,
        form,
        context={"crumbs": [(_("Crises"), reverse("incidents:crisis_list")), (_("Declare crisis"), "")]},
        verb=_("Declare crisis"),
        tone="red",
        then=reverse("incidents:crisis_list"),
        service=lambda: declare_crisis(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=crisis_url,
    )


@require_safe
@login_required
@permission_required("incidents.view_crisis", raise_exception=True)
def crisis_detail(request, reference):
    crisis = _crisis(request, reference)
    context = {
        "crisis": crisis,
        "crumbs": [(_("Crises"), reverse("incidents:crisis_list")), (crisis.reference, "")],
        "actions": _actions(request.user, crisis),
        "decisions": crisis.decisions.select_related("by"),
        "shows_incident": Incident.objects.visible_to(request.user).filter(pk=crisis.incident_id).exists(),
    }
    return render(request, "incidents/crisis_detail.html", context)


def _actions(user, crisis):
    ended = "" if crisis.is_open else _("The crisis is over: its record stays as it is.")
    to = lambda name: reverse(f"incidents:crisis_{name}", args=[crisis.reference])  # noqa: E731
    return [
        act(user, "incidents.decide_crisis", _("Write decision"), to("decide"), "edit", hurdle=ended, primary=True),
        act(user, "incidents.declare_crisis", _("End crisis"), to("end"), "check", hurdle=ended),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.decide_crisis", raise_exception=True)
def crisis_decide(request, reference):
    crisis = _crisis(request, reference)
    form = DecisionForm(request.POST or None)
    return _ask(request, crisis, form, _("Write decision"), decide_in_crisis)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.declare_crisis", raise_exception=True)
def crisis_end(request, reference):
    crisis = _crisis(request, reference)
    form = ReasonForm(request.POST or None, label=_("Why is it over?"))
    return _ask(request, crisis, form, _("End crisis"), end_crisis)


def _ask(request, crisis, form, verb, service):
    crumbs = [(_("Crises"), reverse("incidents:crisis_list")), (crisis.reference, crisis_url(crisis)), (verb, "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": crisis.title},
        verb=verb,
        then=crisis_url(crisis),
        service=lambda: service(actor=request.user, crisis_id=crisis.pk, at=timezone.now(), **form.cleaned_data),
    )


def _crisis(request, reference):
    return get_object_or_404(Crisis.objects.visible_to(request.user).for_list(), reference=reference.upper())


def crisis_url(crisis):
    return reverse("incidents:crisis_detail", args=[crisis.reference])
