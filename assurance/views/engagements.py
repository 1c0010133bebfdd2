from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assurance.columns import engagement_columns, engagement_pill, finding_columns, paper_pill, tick_pill, unit_columns
from assurance.filters.findings import EngagementFilter, UnitFilter
from assurance.forms.engagements import CloseEngagementForm, EngagementForm, SampleForm, UnitForm
from assurance.models import AuditPlanLine, AuditUnit, Engagement, Finding, WorkingPaper
from assurance.populations import POPULATIONS
from assurance.services.engagements import (
    begin_engagement,
    change_unit,
    close_engagement,
    draw_sample,
    plan_engagement,
    record_unit,
    still_drawn,
)
from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask

SHOWN = 100


@require_safe
@login_required
@permission_required("assurance.view_auditunit", raise_exception=True)
def unit_list(request):
    listing = ListPage(
        request,
        filterset=UnitFilter(
            request.GET, queryset=AuditUnit.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=unit_columns(),
        order=["code"],
        row_url=lambda unit: f"/assurance/areas/{unit.code}/",
        all_label=_("All areas"),
        label=_("Areas"),
        empty=_("No area yet. Record what can be audited, and who owns it."),
    )
    url = reverse("assurance:unit_create")
    actions = [act(request.user, "assurance.add_auditunit", _("New area"), url, "plus", primary=True)]
    return render_list(request, "assurance/unit_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.add_auditunit", raise_exception=True)
def unit_create(request):
    form = UnitForm(request.POST or None, user=request.user)
    return ask(
        request,
        form,
        context={"crumbs": [(_("Areas"), reverse("assurance:unit_list")), (_("New area"), "")]},
        verb=_("Record area"),
        then=reverse("assurance:unit_list"),
        service=lambda: record_unit(actor=request.user, **form.cleaned_data),
    )


@require_safe
@login_required
@permission_required("assurance.view_auditunit", raise_exception=True)
def unit_detail(request, code):
    unit = _unit(request, code)
    to = reverse("assurance:unit_edit", args=[unit.code])
    plan = f"{reverse('assurance:engagement_create')}?area={unit.code}"
    context = {
        "unit": unit,
        "crumbs": [(_("Areas"), reverse("assurance:unit_list")), (unit.name, "")],
        "actions": [
            act(request.user, "assurance.add_engagement", _("Plan an audit"), plan, "plus", primary=True),
            act(request.user, "assurance.change_auditunit", _("Edit"), to, "edit"),
        ],
        "risks": unit.risks.select_related("residual").order_by("reference")[:SHOWN],
        "engagements": unit.engagements.for_list().order_by("-starts_on")[:SHOWN],
        "columns": engagement_columns(),
        "row_url": opens(lambda row: f"/assurance/audits/{row.reference}/"),
    }
    return render(request, "assurance/unit_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_auditunit", raise_exception=True)
def unit_edit(request, code):
    unit = _unit(request, code)
    form = UnitForm(request.POST or None, instance=unit, user=request.user)
    url = reverse("assurance:unit_detail", args=[unit.code])
    return ask(
        request,
        form,
        context={"crumbs": [(_("Areas"), reverse("assurance:unit_list")), (unit.name, url), (_("Edit"), "")]},
        verb=_("Save area"),
        then=url,
        service=lambda: change_unit(actor=request.user, unit_id=unit.pk, **form.cleaned_data),
    )


def _unit(request, code):
    return get_object_or_404(AuditUnit.objects.visible_to(request.user).for_list(), code=code)


@require_safe
@login_required
@permission_required("assurance.view_engagement", raise_exception=True)
def engagement_list(request):
    listing = ListPage(
        request,
        filterset=EngagementFilter(
            request.GET, queryset=Engagement.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=engagement_columns(),
        order=["-starts_on", "-id"],
        row_url=lambda row: f"/assurance/audits/{row.reference}/",
        all_label=_("All audits"),
        label=_("Audits"),
        empty=_("No audit yet. Plan the first one."),
    )
    url = reverse("assurance:engagement_create")
    actions = [act(request.user, "assurance.add_engagement", _("Plan an audit"), url, "plus", primary=True)]
    return render_list(request, "assurance/engagement_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.add_engagement", raise_exception=True)
def engagement_create(request):
    line = planned_line(request)
    area = line.unit if line else _area(request)
    initial = {"unit": area, "lead": request.user.pk, "starts_on": timezone.localdate()}
    if line:
        initial |= {"title": f"{line.unit} {line.plan.year}", "lead": line.lead_id}
    form = EngagementForm(request.POST or None, user=request.user, initial=initial)
    back = reverse("assurance:engagement_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Audits"), back), (_("Plan an audit"), "")]},
        verb=_("Plan an audit"),
        then=back,
        service=lambda: plan_engagement(actor=request.user, plan_line=line, **form.cleaned_data),
        leads=engagement_url,
    )


def _area(request):
    return AuditUnit.objects.visible_to(request.user).filter(code=request.GET.get("area", "")).first()


def planned_line(request):
    """The line of an agreed plan that the address names, if it names one."""
    asked = request.GET.get("line", "")
    lines = AuditPlanLine.objects.visible_to(request.user).filter(plan__agreed=True).select_related("unit", "plan")
    return lines.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 12 else None


@require_safe
@login_required
@permission_required("assurance.view_engagement", raise_exception=True)
def engagement_detail(request, reference):
    engagement = visible_engagement(request, reference)
    context = {
        "engagement": engagement,
        "crumbs": [(_("Audits"), reverse("assurance:engagement_list")), (engagement.reference, "")],
        "actions": _actions(request.user, engagement),
        "state": engagement_pill(engagement),
        "findings": Finding.objects.filter(engagement=engagement).for_list().order_by("-raised_at")[:SHOWN],
        "columns": finding_columns(),
        "row_url": opens(lambda row: f"/assurance/findings/{row.reference}/"),
        "samples": [
            (drawn, POPULATIONS[drawn.population]) for drawn in engagement.samples.select_related("drawn_by")[:SHOWN]
        ],
        "steps": engagement.steps.for_list()[:SHOWN],
        "papers": [(paper, paper_pill(paper)) for paper in engagement.papers.for_list()[:SHOWN]],
        "works": engagement.is_open and request.user.has_perm("assurance.change_engagement"),
    }
    return render(request, "assurance/engagement_detail.html", context)


def _actions(user, engagement):
    to = lambda name: reverse(f"assurance:{name}", args=[engagement.reference])  # noqa: E731
    closed = "" if engagement.is_open else _("%(reference)s is closed.") % {"reference": engagement.reference}
    begun = "" if engagement.state == "planned" else _("Its fieldwork has begun.")
    change = "assurance.change_engagement"
    return [
        act(
            user, "assurance.add_finding", _("Raise finding"), to("finding_create"), "flag", hurdle=closed, primary=True
        ),
        act(user, "assurance.add_workingpaper", _("New working paper"), to("paper_create"), "file-text", hurdle=closed),
        act(user, change, _("Add a step"), to("step_add"), "plus", hurdle=closed),
        act(user, change, _("Draw a sample"), to("sample_draw"), "list-search", hurdle=closed),
        act(
            user,
            change,
            _("Begin fieldwork"),
            to("engagement_begin"),
            "player-play",
            post=True,
            hurdle=closed or begun,
        ),
        act(user, change, _("Close audit"), to("engagement_close"), "check", hurdle=closed),
    ]


@require_POST
@login_required
@permission_required("assurance.change_engagement", raise_exception=True)
def engagement_begin(request, reference):
    engagement = visible_engagement(request, reference)
    if engagement.is_open:
        begin_engagement(actor=request.user, engagement_id=engagement.pk)
    return redirect(engagement_url(engagement))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_engagement", raise_exception=True)
def engagement_close(request, reference):
    return _act(request, reference, CloseEngagementForm, _("Close audit"), close_engagement)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_engagement", raise_exception=True)
def sample_draw(request, reference):
    return _act(request, reference, SampleForm, _("Draw a sample"), draw_sample)


def _act(request, reference, form_class, verb, service):
    engagement = visible_engagement(request, reference)
    form = form_class(request.POST or None)
    url = engagement_url(engagement)
    crumbs = [(_("Audits"), reverse("assurance:engagement_list")), (engagement.reference, url), (verb, "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": engagement.title},
        verb=verb,
        then=url,
        service=lambda: service(
            actor=request.user, engagement_id=engagement.pk, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_safe
@login_required
@permission_required("assurance.view_engagement", raise_exception=True)
def sample_detail(request, reference, pk):
    """The items of a sample, and whether the list, as the reader sees it now, gives the same ones again."""
    engagement = visible_engagement(request, reference)
    drawn = get_object_or_404(engagement.samples.select_related("drawn_by"), pk=pk)
    population = POPULATIONS[drawn.population]
    ticks = _ticks(drawn, request.user)
    url = engagement_url(engagement)
    context = {
        "engagement": engagement,
        "drawn": drawn,
        "population": population,
        "same": still_drawn(drawn, request.user),
        "items": [(key, population.url.format(key), ticks.get(key, [])) for key in drawn.keys],
        "crumbs": [
            (_("Audits"), reverse("assurance:engagement_list")),
            (engagement.reference, url),
            (_("Sample"), ""),
        ],
    }
    return render(request, "assurance/sample_detail.html", context)


def _ticks(drawn, user):
    """What working papers that the reader sees say of the items of a sample: key → ticks with their marks."""
    found = {}
    seen = WorkingPaper.objects.visible_to(user)
    for tick in drawn.ticks.filter(paper__in=seen).select_related("paper"):
        found.setdefault(tick.key, []).append((tick, tick_pill(tick)))
    return found


def visible_engagement(request, reference):
    return get_object_or_404(Engagement.objects.visible_to(request.user).for_list(), reference=reference.upper())


def engagement_url(engagement):
    return reverse("assurance:engagement_detail", args=[engagement.reference])
