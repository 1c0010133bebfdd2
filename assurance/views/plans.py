from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assurance.columns import due_unit_columns, plan_columns, plan_line_columns, plan_pill
from assurance.forms.plans import DraftPlanForm, PlanLineForm
from assurance.models import AuditPlan, AuditPlanLine
from assurance.services.plans import (
    draft_plan,
    due_and_unplanned,
    propose_lines,
    propose_plan,
    remove_line,
    write_line,
)
from pages.columns import opens
from risk.forms.shared import ReasonForm
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("assurance.view_auditplan", raise_exception=True)
def audit_plan_list(request):
    """Plans of all years in their versions, newest first."""
    url = reverse("assurance:audit_plan_draft")
    context = {
        "columns": plan_columns(),
        "rows": AuditPlan.objects.visible_to(request.user).for_list(),
        "row_url": opens(plan_url),
        "actions": [act(request.user, "assurance.add_auditplan", _("Draft a plan"), url, "plus", primary=True)],
    }
    return render(request, "assurance/audit_plan_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.add_auditplan", raise_exception=True)
def audit_plan_draft(request):
    form = DraftPlanForm(request.POST or None)
    back = reverse("assurance:audit_plan_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Audit plans"), back), (_("Draft a plan"), "")]},
        verb=_("Draft a plan"),
        then=back,
        service=lambda: draft_plan(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=plan_url,
    )


@require_safe
@login_required
@permission_required("assurance.view_auditplan", raise_exception=True)
def audit_plan_detail(request, pk):
    """What is planned beside what was done, and which areas are due and not planned."""
    plan = _plan(request, pk)
    lines = AuditPlanLine.objects.visible_to(request.user).filter(plan=plan)
    due = due_and_unplanned(plan, request.user, timezone.now()) if plan.year >= timezone.localdate().year else []
    context = {
        "plan": plan,
        "state": plan_pill(plan),
        "lines": lines.for_list(),
        "columns": plan_line_columns(),
        "row_url": opens(lambda line: line_url(line, request.user)),
        "quarters": lines.order_by("quarter").values("quarter").annotate(days=Sum("person_days")),
        "due": due,
        "due_columns": due_unit_columns(),
        "due_url": opens(lambda row: reverse("assurance:unit_detail", args=[row[0].code])),
        "waiting": ChangeRequest.objects.open().about("assurance_auditplan", plan.pk),
        "actions": _actions(request.user, plan),
        "crumbs": [(_("Audit plans"), reverse("assurance:audit_plan_list")), (str(plan), "")],
    }
    return render(request, "assurance/audit_plan_detail.html", context)


def line_url(line, user):
    """Where a line leads: to its audit, else to changing it while it is a draft, else to beginning its audit."""
    if line.audit_reference:
        return reverse("assurance:engagement_detail", args=[line.audit_reference])
    if not user.has_perm("assurance.change_auditplan"):
        return reverse("assurance:unit_detail", args=[line.unit.code])
    if line.plan.agreed:
        return f"{reverse('assurance:engagement_create')}?line={line.pk}"
    return reverse("assurance:plan_line_edit", args=[line.pk])


def _actions(user, plan):
    agreed = _("This plan is agreed already.") if plan.agreed else ""
    to = lambda name: reverse(f"assurance:{name}", args=[plan.pk])  # noqa: E731
    change = "assurance.change_auditplan"
    return [
        act(user, change, _("Propose lines"), to("audit_plan_propose"), "list-check", hurdle=agreed, post=True),
        act(user, change, _("Add an area"), to("plan_line_add"), "plus", hurdle=agreed),
        act(user, change, _("Put in force"), to("audit_plan_begin"), "check", hurdle=agreed, primary=True),
    ]


@require_POST
@login_required
@permission_required("assurance.change_auditplan", raise_exception=True)
def audit_plan_propose(request, pk):
    plan = _plan(request, pk)
    if not plan.agreed:
        propose_lines(actor=request.user, plan_id=plan.pk, at=timezone.now())
    return redirect(plan_url(plan))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_auditplan", raise_exception=True)
def audit_plan_begin(request, pk):
    plan = _plan(request, pk)
    form = ReasonForm(request.POST or None)
    return ask(
        request,
        form,
        context=_context(plan, _("Put in force")),
        verb=_("Ask for approval"),
        then=plan_url(plan),
        service=lambda: say_waiting(
            request, propose_plan(actor=request.user, plan_id=plan.pk, at=timezone.now(), **form.cleaned_data)
        ),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_auditplan", raise_exception=True)
def plan_line_add(request, pk):
    plan = _plan(request, pk)
    form = PlanLineForm(request.POST or None, user=request.user, plan=plan)
    return ask(
        request,
        form,
        context=_context(plan, _("Add an area")),
        verb=_("Save the line"),
        then=plan_url(plan),
        service=lambda: write_line(actor=request.user, plan_id=plan.pk, at=timezone.now(), **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_auditplan", raise_exception=True)
def plan_line_edit(request, pk):
    line = _line(request, pk)
    plan = line.plan
    form = PlanLineForm(request.POST or None, user=request.user, plan=plan, instance=line)
    remove = act(
        request.user, "assurance.change_auditplan", _("Take out of the plan"),
        reverse("assurance:plan_line_remove", args=[line.pk]), "trash", post=True,
        hurdle=_("This plan is agreed already.") if plan.agreed else "",
    )  # fmt: skip
    return ask(
        request,
        form,
        context=_context(plan, str(line.unit)) | {"actions": [remove]},
        verb=_("Save the line"),
        then=plan_url(plan),
        service=lambda: write_line(
            actor=request.user, plan_id=plan.pk, unit=line.unit, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_POST
@login_required
@permission_required("assurance.change_auditplan", raise_exception=True)
def plan_line_remove(request, pk):
    line = _line(request, pk)
    if not line.plan.agreed:
        remove_line(actor=request.user, line_id=line.pk)
    return redirect(plan_url(line.plan))


def _context(plan, here):
    crumbs = [(_("Audit plans"), reverse("assurance:audit_plan_list")), (str(plan), plan_url(plan)), (here, "")]
    return {"crumbs": crumbs, "here": here, "about": _("Audit plan %(plan)s") % {"plan": plan}}


def _plan(request, pk):
    return get_object_or_404(AuditPlan.objects.visible_to(request.user).for_list(), pk=pk)


def _line(request, pk):
    return get_object_or_404(AuditPlanLine.objects.visible_to(request.user).select_related("plan", "unit"), pk=pk)


def plan_url(plan):
    return reverse("assurance:audit_plan_detail", args=[plan.pk])
