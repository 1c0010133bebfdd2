from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.columns import plan_columns
from incidents.filters.plans import PlanFilter
from incidents.forms.plans import PlanForm, VersionForm
from incidents.models import Activation, Plan
from incidents.rules.call_tree import tree_as_text
from incidents.rules.plans import steps_as_text
from incidents.services.calls import tree_of
from incidents.services.plans import people_called, record_plan, write_version
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask
from staff.services.changes import propose
from staff.views.waiting import say_waiting

SHOWN = 50


@require_safe
@login_required
@permission_required("incidents.view_plan", raise_exception=True)
def plan_list(request):
    """All plans; where a case asks for one, each row leads to activating it on that case."""
    case = request.GET.get("case", "")
    on_case = f"activate/?case={case}" if case.replace("-", "").isalnum() else ""
    listing = ListPage(
        request,
        filterset=PlanFilter(request.GET, queryset=Plan.objects.visible_to(request.user).for_list(), request=request),
        columns=plan_columns(),
        order=["code"],
        row_url=lambda plan: f"/incidents/plans/{plan.code}/{on_case}",
        all_label=_("All plans"),
        label=_("Contingency plans"),
        empty=_("No contingency plan yet. Write the first one."),
    )
    url = reverse("incidents:plan_create")
    actions = [act(request.user, "incidents.add_plan", _("New plan"), url, "plus", primary=True)]
    return render_list(request, "incidents/plan_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.add_plan", raise_exception=True)
def plan_create(request):
    form = PlanForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    crumbs = [(_("Contingency plans"), reverse("incidents:plan_list")), (_("New plan"), "")]
    return ask(
        request,
        form,
        context={"here": _("New plan"), "crumbs": crumbs},
        verb=_("Save and write it"),
        then=reverse("incidents:plan_list"),
        service=lambda: record_plan(actor=request.user, **form.cleaned_data),
        leads=lambda plan: reverse("incidents:version_write", args=[plan.code]),
    )


@require_safe
@login_required
@permission_required("incidents.view_plan", raise_exception=True)
def plan_detail(request, code):
    plan = visible_plan(request, code)
    context = {
        "plan": plan,
        "crumbs": [(_("Contingency plans"), reverse("incidents:plan_list")), (plan.name, "")],
        "actions": _actions(request.user, plan),
        "called": people_called(plan.version) if plan.version else [],
        "tree": tree_of(plan.version) if plan.version else [],
        "versions": plan.versions.select_related("written_by")[:SHOWN],
        "activations": Activation.objects.filter(plan=plan).for_list()[:SHOWN],
        "running": Activation.objects.open().filter(plan=plan).for_list(),
    }
    return render(request, "incidents/plan_detail.html", context)


def _actions(user, plan):
    to = lambda name: reverse(f"incidents:{name}", args=[plan.code])  # noqa: E731
    unwritten = "" if plan.version else _("No version of this plan is in force yet.")
    return [
        act(
            user,
            "incidents.activate_plan",
            _("Activate"),
            to("plan_activate"),
            "player-play",
            hurdle=unwritten,
            primary=True,
        ),
        act(user, "incidents.change_plan", _("Write a version"), to("version_write"), "edit"),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_plan", raise_exception=True)
def version_write(request, code):
    """Write the next version, beginning with the one in force; it waits for somebody else's approval."""
    plan = visible_plan(request, code)
    form = VersionForm(request.POST or None, initial=_as_written(plan.version) if plan.version else None)

    def write():
        fields = dict(form.cleaned_data)
        reason = fields.pop("reason")
        at = timezone.now()
        version = write_version(actor=request.user, plan_id=plan.pk, at=at, **fields)
        arguments = {"plan_id": plan.pk, "version_id": version.pk}
        command = "incidents.plan.in_force"
        say_waiting(request, propose(actor=request.user, command=command, arguments=arguments, reason=reason, at=at))

    url = reverse("incidents:plan_detail", args=[plan.code])
    verb = _("Write a version")
    crumbs = [(_("Contingency plans"), reverse("incidents:plan_list")), (plan.name, url), (verb, "")]
    context = {"crumbs": crumbs, "about": plan.name, "here": verb}
    return ask(
        request,
        form,
        context=context,
        verb=_("Ask for approval"),
        then=url,
        service=write,
    )


def _as_written(version):
    return {
        "triggers": version.triggers,
        "calls": version.calls,
        "steps": steps_as_text(version.all_steps),
        "tree": tree_as_text([call for call, _person, _deputy in tree_of(version)]),
    }


def visible_plan(request, code):
    return get_object_or_404(Plan.objects.visible_to(request.user).for_list(), code=code)
