from functools import partial

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.filters.scenarios import ScenarioFilter
from identification.forms.scenarios import NewScenarioForm, OutcomeForm, RevisionForm, ScenarioForm
from identification.models import BowTie, Scenario, ScenarioKind, ScenarioOutcome, ScenarioState
from identification.scenario_columns import (
    loss_text,
    outcome_columns,
    scenario_columns,
    scenario_pill,
    size_text,
    suggested_pill,
)
from identification.services.outcomes import record_outcome
from identification.services.scenarios import (
    change_scenario,
    retire_scenario,
    revise_scenario,
    use_scenario,
    write_scenario,
)
from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.forms.shared import ReasonForm
from risk.models import ProposalSource, RiskClass
from risk.services.register import matrix_in_force
from risk.views.acts import act, ask
from risk.views.proposals import proposing

SHOWN = 100
CLASS_OF_KIND = {
    ScenarioKind.MARKET: RiskClass.MARKET,
    ScenarioKind.CREDIT: RiskClass.CREDIT,
    ScenarioKind.LIQUIDITY: RiskClass.LIQUIDITY,
    ScenarioKind.POLICY: RiskClass.LEGAL,
    ScenarioKind.TECHNOLOGY: RiskClass.TECHNOLOGY,
    ScenarioKind.OPERATIONAL: RiskClass.OPERATIONAL,
    ScenarioKind.GEOPOLITICAL: RiskClass.OTHER,
}


@require_safe
@login_required
@permission_required("identification.view_scenario", raise_exception=True)
def scenario_list(request):
    listing = ListPage(
        request,
        filterset=ScenarioFilter(
            request.GET, queryset=Scenario.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=scenario_columns(),
        order=["-created_at", "-id"],
        row_url=scenario_url,
        all_label=_("All scenarios"),
        label=_("Scenarios"),
        empty=_("No scenario yet. Write down what may happen, and by how much it moves what you depend on."),
    )
    url = reverse("identification:scenario_create")
    actions = [act(request.user, "identification.add_scenario", _("New scenario"), url, "plus", primary=True)]
    return render_list(request, "identification/scenario_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_scenario", raise_exception=True)
def scenario_create(request):
    form = NewScenarioForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    back = reverse("identification:scenario_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Scenarios"), back), (_("New scenario"), "")]},
        verb=_("Write scenario"),
        then=back,
        service=lambda: write_scenario(actor=request.user, at=timezone.now(), **form.as_fields(), **form.as_content()),
        leads=scenario_url,
    )


@require_safe
@login_required
@permission_required("identification.view_scenario", raise_exception=True)
def scenario_detail(request, reference):
    scenario = visible_scenario(request, reference)
    outcomes = ScenarioOutcome.objects.visible_to(request.user).filter(revision__scenario=scenario)
    shocks = scenario.revision.shocks.select_related("factor")
    context = {
        "scenario": scenario,
        "revision": scenario.revision,
        "state": scenario_pill(scenario),
        "crumbs": [(_("Scenarios"), reverse("identification:scenario_list")), (scenario.reference, "")],
        "actions": _actions(request.user, scenario),
        "shocks": [(shock.factor, size_text(shock)) for shock in shocks],
        "earlier": _earlier(scenario),
        "bow_ties": BowTie.objects.visible_to(request.user).filter(scenario=scenario).for_list()[:SHOWN],
        "outcomes": outcomes.for_list()[:SHOWN],
        "columns": outcome_columns(),
        "row_url": opens(lambda row: reverse("identification:outcome_detail", args=[row.pk])),
    }
    return render(request, "identification/scenario_detail.html", context)


def _earlier(scenario):
    """Revisions before the newest, each with its shocks as words."""
    found = scenario.revisions.exclude(pk=scenario.revision_id).select_related("written_by")
    return [
        (one, [f"{shock.factor} {size_text(shock)}" for shock in one.shocks.all()])
        for one in found.prefetch_related("shocks__factor")[:SHOWN]
    ]


def _actions(user, scenario):
    to = lambda name: reverse(f"identification:scenario_{name}", args=[scenario.reference])  # noqa: E731
    retired = _("%(reference)s is retired.") % {"reference": scenario.reference} if scenario.is_retired else ""
    draft = _("Put the scenario in use first.") if scenario.state == ScenarioState.DRAFT else ""
    used = "" if draft else _("It is in use.")
    change = "identification.change_scenario"
    drawing = f"{reverse('identification:bow_tie_create')}?scenario={scenario.reference}"
    return [
        act(user, "identification.add_scenariooutcome", _("Record outcome"), to("outcome"), "messages",
            hurdle=retired or draft, primary=True),
        act(user, change, _("Put in use"), to("use"), "player-play", post=True, hurdle=retired or used),
        act(user, change, _("Revise"), to("revise"), "edit", hurdle=retired),
        act(user, "identification.add_bowtie", _("Draw a bow-tie"), drawing, "sitemap", hurdle=retired),
        act(user, change, _("Name and owner"), to("edit"), "user", hurdle=retired),
        act(user, change, _("Retire"), to("retire"), "archive", hurdle=retired),
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_scenario", raise_exception=True)
def scenario_edit(request, reference):
    scenario = visible_scenario(request, reference)
    form = ScenarioForm(request.POST or None, instance=scenario, user=request.user)
    return _act(request, scenario, form, _("Name and owner"), change_scenario, form.as_fields)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_scenario", raise_exception=True)
def scenario_revise(request, reference):
    """The newest revision to be said anew: what was discussed stays as it was."""
    scenario = visible_scenario(request, reference)
    now = scenario.revision
    initial = {name: getattr(now, name) for name in ("narrative", "severity", "plausibility", "horizon_months")}
    shocks = {shock.factor.code: shock.size.normalize() for shock in now.shocks.select_related("factor")}
    form = RevisionForm(request.POST or None, initial=initial, shocks=shocks)
    service = partial(revise_scenario, at=timezone.now())
    return _act(request, scenario, form, _("Revise"), service, form.as_content)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_scenario", raise_exception=True)
def scenario_retire(request, reference):
    scenario, form = visible_scenario(request, reference), ReasonForm(request.POST or None)
    return _act(request, scenario, form, _("Retire"), retire_scenario, lambda: form.cleaned_data)


@require_POST
@login_required
@permission_required("identification.change_scenario", raise_exception=True)
def scenario_use(request, reference):
    scenario = visible_scenario(request, reference)
    if not scenario.is_retired:
        use_scenario(actor=request.user, scenario_id=scenario.pk)
    return redirect(scenario_url(scenario))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_scenariooutcome", raise_exception=True)
def scenario_outcome(request, reference):
    scenario = visible_scenario(request, reference)
    matrix = matrix_in_force(timezone.localdate())
    form = OutcomeForm(request.POST or None, user=request.user, matrix=matrix)
    service = partial(record_outcome, at=timezone.now())
    return _act(request, scenario, form, _("Record outcome"), service, lambda: form.cleaned_data)


def _act(request, scenario, form, verb, service, fields):
    url = scenario_url(scenario)
    return ask(
        request,
        form,
        context={
            "crumbs": [*_crumbs(scenario), (verb, "")],
            "about": scenario.name,
        },
        verb=verb,
        then=url,
        service=lambda: service(actor=request.user, scenario_id=scenario.pk, **fields()),
    )


@require_safe
@login_required
@permission_required("identification.view_scenario", raise_exception=True)
def outcome_detail(request, pk):
    """One outcome, with what was discussed as it stood then."""
    outcome = _outcome(request, pk)
    scenario = outcome.revision.scenario
    to = reverse("identification:outcome_propose", args=[outcome.pk])
    context = {
        "actions": [
            act(request.user, "risk.add_riskproposal", _("Propose a risk"), to, "flag", primary=outcome.risk is None)
        ],
        "outcome": outcome,
        "scenario": scenario,
        "revision": outcome.revision,
        "suggested": suggested_pill(outcome),
        "loss": loss_text(outcome),
        "shocks": [(one.factor, size_text(one)) for one in outcome.revision.shocks.select_related("factor")],
        "crumbs": [*_crumbs(scenario), (_("Outcome"), "")],
    }
    return render(request, "identification/outcome_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_scenario", raise_exception=True)
def outcome_propose(request, pk):
    """Propose the risk that an outcome speaks of, to be recorded or joined to another."""
    outcome = _outcome(request, pk)
    scenario, url = outcome.revision.scenario, reverse("identification:outcome_detail", args=[outcome.pk])
    return proposing(
        request,
        source=ProposalSource.SCENARIO,
        source_key=f"scenario-outcome:{outcome.pk}",
        source_title=str(scenario),
        url=url,
        line_id=scenario.line_id,
        initial={
            "title": scenario.name,
            "risk_class": CLASS_OF_KIND[scenario.kind],
            "description": outcome.expected,
            "causes": outcome.revision.narrative,
        },
        then=url,
        crumbs=_crumbs(scenario),
    )


def _outcome(request, pk):
    return get_object_or_404(ScenarioOutcome.objects.visible_to(request.user).for_list(), pk=pk)


def _crumbs(scenario):
    return [(_("Scenarios"), reverse("identification:scenario_list")), (scenario.reference, scenario_url(scenario))]


def visible_scenario(request, reference):
    return get_object_or_404(Scenario.objects.visible_to(request.user).for_list(), reference=reference.upper())


def scenario_url(scenario):
    return reverse("identification:scenario_detail", args=[scenario.reference])
