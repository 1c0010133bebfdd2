from dataclasses import replace

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessment.assessment_columns import assessment_columns, assessment_pill
from assessment.filters.assessments import AssessmentFilter
from assessment.forms.assessments import BeginForm
from assessment.models import Assessment, AssessmentState, Method
from assessment.services.assessments import assessment_url, begin_assessment
from assessment.services.carrying import changes_since
from assessment.services.decisions import hurdle_to_approving, hurdle_to_deciding
from assessment.services.drafts import hurdle_to_judging
from assessment.services.stock import has_moved
from assessment.side_by_side import kinds_of
from assessment.table_commands import methods_text
from pages.lists import ListPage, render_list
from risk.models import Effectiveness
from risk.views.acts import act, ask


@require_safe
@login_required
@permission_required("assessment.view_assessment", raise_exception=True)
def assessment_list(request):
    seen = Assessment.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=AssessmentFilter(request.GET, queryset=seen, request=request),
        columns=assessment_columns(),
        order=["-begun_at", "-id"],
        row_url=lambda one: f"/assessment/assessments/{one.reference}/",
        all_label=_("All assessments"),
        label=_("Risk assessments"),
        empty=_("No risk was assessed yet. Begin with one that is due."),
    )
    url = reverse("assessment:assessment_create")
    actions = [
        act(request.user, "assessment.add_assessment", _("Begin an assessment"), url, "plus", primary=True),
        act(
            request.user, "assessment.view_assessment", _("Methods and scales"), reverse("assessment:methods"), "scale"
        ),
    ]
    return render_list(request, "assessment/assessment_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_assessment", raise_exception=True)
def assessment_create(request):
    risk = request.GET.get("risk", "")
    initial = {"risk_id": int(risk)} if risk.isdecimal() and len(risk) < 12 else {}
    form = BeginForm(request.POST or None, user=request.user, initial={"novelty": "known", **initial})
    back = reverse("assessment:assessment_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Risk assessments"), back), (_("Begin an assessment"), "")]},
        verb=_("Begin an assessment"),
        then=back,
        service=lambda: begin_assessment(actor=request.user, at=timezone.now(), **form.as_assessment()),
        leads=assessment_url,
    )


@require_safe
@login_required
@permission_required("assessment.view_assessment", raise_exception=True)
def assessment_detail(request, reference):
    """Methods side by side, controls in layers, what changed, what was decided and approved."""
    assessment = visible_assessment(request, reference)
    context = {
        "assessment": assessment,
        "risk": assessment.risk,
        "crumbs": crumbs_of(assessment),
        "state": assessment_pill(assessment),
        "actions": _actions(request.user, assessment),
        "kinds": kinds_of(assessment),
        "why": gettext(assessment.mix_why),
        "proposed": methods_text(assessment.proposed),
        "methods": methods_text(assessment.methods),
        "layers": _layers(assessment),
        "changes": changes_since(assessment),
        "moved": assessment.is_open and has_moved(assessment),
        "decides": assessment.state == AssessmentState.DRAFT and not hurdle_to_deciding(request.user, assessment.risk),
        "decider": hurdle_to_deciding(request.user, assessment.risk),
        "older": Assessment.objects.filter(risk=assessment.risk).exclude(pk=assessment.pk).newest_first()[:10],
    }
    return render(request, "assessment/assessment_detail.html", context)


def _layers(assessment):
    return [
        (one, Effectiveness(one.effectiveness).label if one.effectiveness else "")
        for one in assessment.layers.select_related("control", "test")
    ]


def _actions(user, assessment):
    to = lambda name: reverse(f"assessment:assessment_{name}", args=[assessment.reference])  # noqa: E731
    draft = "" if assessment.state == AssessmentState.DRAFT else _("It is not being judged any more.")
    judges = draft or hurdle_to_judging(user, assessment.risk)
    decides = draft or hurdle_to_deciding(user, assessment.risk)
    waits = "" if assessment.state == AssessmentState.DECIDED else _("It does not wait for approval.")
    approves = waits or hurdle_to_approving(user, assessment)
    chosen = lambda method: judges or ("" if method in assessment.methods else _("Not among the chosen methods."))  # noqa: E731
    ended = "" if assessment.is_open else _("It has ended.")
    risk = assessment.risk
    add, decide, approve = (f"assessment.{verb}_assessment" for verb in ("add", "decide", "approve"))
    seldom = lambda action, holds=True: replace(action, more=bool(holds))  # noqa: E731
    return [
        act(user, decide, _("Send for approval"), to("submit"), "send", post=True, primary=not draft, hurdle=decides),
        act(user, approve, _("Approve"), to("approve"), "check", primary=not waits, hurdle=approves),
        seldom(act(user, approve, _("Send back"), to("send_back"), "arrow-back-up", hurdle=approves), waits),
        seldom(act(user, add, _("By model"), to("by_model"), "gauge", hurdle=chosen(Method.MODEL)), draft),
        seldom(act(user, add, _("By a panel"), to("by_panel"), "users-group", hurdle=chosen(Method.EXPERT)), draft),
        seldom(act(user, add, _("By a scenario"), to("by_scenario"), "world", hurdle=chosen(Method.SCENARIO)), draft),
        seldom(act(user, add, _("Take stock again"), to("stock"), "refresh", post=True, hurdle=judges)),
        seldom(act(user, add, _("Withdraw"), to("withdraw"), "archive", hurdle=ended or hurdle_to_judging(user, risk))),
    ]


def visible_assessment(request, reference):
    """The assessment, or 404 for one that is not there or not for the reader: the two look the same."""
    seen = Assessment.objects.visible_to(request.user).select_related(
        "risk__owner", "risk__subclass", "matrix", "begun_by", "decided_by", "approved_by", "previous__matrix"
    )
    return get_object_or_404(seen, reference=reference.upper())


def crumbs_of(assessment, *more):
    here = [(assessment.reference, assessment_url(assessment) if more else "")]
    return [(_("Risk assessments"), reverse("assessment:assessment_list")), *here, *((word, "") for word in more)]
