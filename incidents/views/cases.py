from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.columns import case_columns, severity_pill, state_pill
from incidents.filters.cases import CaseFilter
from incidents.forms.cases import AssignCaseForm, CaseForm, CloseCaseForm, EntryForm
from incidents.models import Activation, Case
from incidents.services.cases import assign_case, close_case, hurdle_to_closing, note_in_case, open_case
from pages.lists import ListPage, render_list
from risk.models import Alert, RiskLevel
from risk.views.acts import act, ask
from risk.views.proposals import propose_act

SHOWN = 200
SEVERITY = {"amber": RiskLevel.MEDIUM, "red": RiskLevel.HIGH}


@require_safe
@login_required
@permission_required("incidents.view_case", raise_exception=True)
def case_list(request):
    listing = ListPage(
        request,
        filterset=CaseFilter(request.GET, queryset=Case.objects.visible_to(request.user).for_list(), request=request),
        columns=case_columns(),
        order=["-opened_at", "-id"],
        row_url=lambda case: f"/incidents/cases/{case.reference}/",
        all_label=_("All cases"),
        label=_("Cases"),
        empty=_("No case yet. One opens on an alert, or by hand."),
    )
    url = reverse("incidents:case_create")
    actions = [act(request.user, "incidents.add_case", _("Open case"), url, "plus", primary=True)]
    return render_list(request, "incidents/case_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.add_case", raise_exception=True)
def case_create(request):
    """Open a case by hand, or on the alert that the address names."""
    alert = _alert(request)
    initial = {"owner": request.user.pk}
    if alert:
        initial |= {"title": alert.indicator.label, "severity": SEVERITY[alert.band]}
        initial["risk"] = alert.indicator.risks.order_by("reference").first()
    form = CaseForm(request.POST or None, user=request.user, alert=alert, initial=initial)
    crumbs = [(_("Cases"), reverse("incidents:case_list")), (_("Open case"), "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": alert.indicator.label if alert else ""},
        verb=_("Open case"),
        then=reverse("risk:alert_detail", args=[alert.pk]) if alert else reverse("incidents:case_list"),
        service=lambda: open_case(actor=request.user, alert=alert, at=timezone.now(), **form.cleaned_data),
        leads=case_url,
    )


def _alert(request):
    pk = request.GET.get("alert", "")
    if not pk.isdecimal():
        return None
    return get_object_or_404(Alert.objects.visible_to(request.user).select_related("indicator"), pk=pk)


@require_safe
@login_required
@permission_required("incidents.view_case", raise_exception=True)
def case_detail(request, reference):
    case = visible_case(request, reference)
    context = {
        "case": case,
        "crumbs": [(_("Cases"), reverse("incidents:case_list")), (case.reference, "")],
        "actions": _actions(request.user, case),
        "severity": severity_pill(case),
        "state": state_pill(case),
        "entries": case.entries.select_related("by")[:SHOWN],
        "activations": Activation.objects.visible_to(request.user).filter(case=case).for_list(),
        "shows_risk": request.user.has_perm("risk.view_risk"),
    }
    return render(request, "incidents/case_detail.html", context)


def _actions(user, case):
    to = lambda name: reverse(f"incidents:case_{name}", args=[case.reference])  # noqa: E731
    closed = "" if case.is_open else _("%(reference)s is closed.") % {"reference": case.reference}
    owner = "" if case.owner_id == user.pk else _("Its owner does this: %(owner)s.") % {"owner": case.owner}
    plans = f"{reverse('incidents:plan_list')}?case={case.reference}"
    return [
        act(user, "incidents.change_case", _("Add entry"), to("note"), "edit", hurdle=closed, primary=True),
        act(user, "incidents.activate_plan", _("Activate a plan"), plans, "list-check", hurdle=closed),
        act(user, "incidents.change_case", _("Assign"), to("assign"), "user-plus", hurdle=closed),
        act(
            user,
            "incidents.change_case",
            _("Close case"),
            to("close"),
            "check",
            hurdle=closed or owner or hurdle_to_closing(case),
        ),
        propose_act(user, to("propose")),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_case", raise_exception=True)
def case_note(request, reference):
    return _act(request, reference, EntryForm, _("Add entry"), note_in_case)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_case", raise_exception=True)
def case_assign(request, reference):
    return _act(request, reference, AssignCaseForm, _("Assign case"), assign_case)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_case", raise_exception=True)
def case_close(request, reference):
    return _act(request, reference, CloseCaseForm, _("Close case"), close_case)


def _act(request, reference, form_class, verb, service):
    """Ask what an act on a case needs, and do it."""
    case = visible_case(request, reference)
    form = form_class(request.POST or None)
    crumbs = [(_("Cases"), reverse("incidents:case_list")), (case.reference, case_url(case)), (verb, "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": case.title},
        verb=verb,
        then=case_url(case),
        service=lambda: service(actor=request.user, case_id=case.pk, at=timezone.now(), **form.cleaned_data),
    )


def visible_case(request, reference):
    seen = Case.objects.visible_to(request.user).for_list().select_related("opened_by")
    return get_object_or_404(seen, reference=reference.upper())


def case_url(case):
    return reverse("incidents:case_detail", args=[case.reference])
