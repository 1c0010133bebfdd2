"""Acts on an assessment: results of methods, decisions, approval."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessment.forms.assessments import ApproveForm, DecideForm, ModelForm, OutcomeChoiceForm, PanelChoiceForm
from assessment.forms.panels import reason_form
from assessment.services.assessments import assessment_url, take_stock, withdraw_assessment
from assessment.services.decisions import (
    approve_assessment,
    decide_rating,
    hurdle_to_approving,
    send_back,
    submit_assessment,
)
from assessment.services.results import judge_by_model, judge_by_panel, judge_by_scenario
from assessment.side_by_side import kinds_of
from assessment.views.assessments import crumbs_of, visible_assessment
from risk.formats import scale_labels
from risk.models import RatingKind
from risk.views.acts import ask


def _ask(request, assessment, form, verb, service, **more):
    """A form of one act on an assessment; the service takes its fields."""
    return ask(
        request,
        form,
        context={"crumbs": crumbs_of(assessment, verb), **more.pop("context", {})},
        verb=verb,
        then=assessment_url(assessment),
        service=lambda: service(
            actor=request.user, assessment_id=assessment.pk, at=timezone.now(), **form.cleaned_data
        ),
        **more,
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_assessment", raise_exception=True)
def assessment_by_model(request, reference):
    assessment = visible_assessment(request, reference)
    return _ask(request, assessment, ModelForm(request.POST or None), _("Record what a model says"), judge_by_model)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_assessment", raise_exception=True)
def assessment_by_panel(request, reference):
    """Choose a finished panel; where there is none, begin one."""
    assessment = visible_assessment(request, reference)
    form = PanelChoiceForm(request.POST or None, user=request.user, risk=assessment.risk)
    begin = f"{reverse('assessment:panel_create')}?risk={assessment.risk_id}"

    def judge(*, panel_id, **said):
        return judge_by_panel(panel_id=panel_id.pk, **said)

    context = {
        "none": not form.fields["panel_id"].queryset.exists(),
        "none_text": _("No finished panel has judged this risk."),
        "begin": begin if request.user.has_perm("assessment.add_panel") else "",
        "begin_text": _("Begin a panel"),
    }
    verb = _("Take over a panel")
    return _ask(request, assessment, form, verb, judge, template="assessment/choose.html", context=context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_assessment", raise_exception=True)
def assessment_by_scenario(request, reference):
    assessment = visible_assessment(request, reference)
    form = OutcomeChoiceForm(request.POST or None, risk=assessment.risk)

    def judge(*, outcome_id, **said):
        return judge_by_scenario(outcome_id=outcome_id.pk, **said)

    context = {
        "none": not form.fields["outcome_id"].queryset.exists(),
        "none_text": _("No outcome of a scenario names this risk."),
        "begin": reverse("identification:scenario_list")
        if request.user.has_perm("identification.view_scenario")
        else "",
        "begin_text": _("Scenarios"),
    }
    verb = _("Take over an outcome")
    return _ask(request, assessment, form, verb, judge, template="assessment/choose.html", context=context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.decide_assessment", raise_exception=True)
def assessment_decide(request, reference, kind):
    """Decide on the matrix itself, with what each method says in its place."""
    if kind not in RatingKind.values:
        raise Http404
    assessment = visible_assessment(request, reference)
    shown = next(one for one in kinds_of(assessment) if one.kind == kind)
    form = DecideForm(request.POST or None, initial=_first(shown))

    def decide(*, actor, assessment_id, at, **_cleaned):
        return decide_rating(actor=actor, assessment_id=assessment_id, kind=kind, at=at, **form.as_decision())

    context = {
        "assessment": assessment,
        "shown": shown,
        "impacts": scale_labels(assessment.matrix)[1],
        "chosen": form["place"].value(),
    }
    verb = _("Decide: %(kind)s") % {"kind": RatingKind(kind).label}
    return _ask(request, assessment, form, verb, decide, template="assessment/decide.html", context=context)


def _first(shown):
    """What was decided before; else nothing, for a place that stands there already is easily accepted."""
    decision = shown.decision
    return {"place": f"{decision.likelihood}x{decision.impact}", "reason": decision.reason} if decision else {}


@require_POST
@login_required
@permission_required("assessment.decide_assessment", raise_exception=True)
def assessment_submit(request, reference):
    assessment = visible_assessment(request, reference)
    return _do(request, assessment, submit_assessment, _("Sent to be approved by somebody else."))


@require_POST
@login_required
@permission_required("assessment.add_assessment", raise_exception=True)
def assessment_stock(request, reference):
    assessment = visible_assessment(request, reference)
    return _do(request, assessment, take_stock, _("Stock was taken of the risk, its controls and its data."))


def _do(request, assessment, service, said):
    try:
        service(actor=request.user, assessment_id=assessment.pk, at=timezone.now())
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(assessment_url(assessment))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.approve_assessment", raise_exception=True)
def assessment_approve(request, reference):
    """Everything that is approved on one page, bound by its hash."""
    assessment = visible_assessment(request, reference)
    if hurdle := hurdle_to_approving(request.user, assessment):
        raise PermissionDenied(hurdle)
    form = ApproveForm(request.POST or None, initial={"content_hash": assessment.content_hash})
    context = {
        "assessment": assessment,
        "risk": assessment.risk,
        "kinds": kinds_of(assessment),
        "ready": bool(assessment.content_hash),
    }
    verb = _("Approve")
    return _ask(
        request, assessment, form, verb, approve_assessment, template="assessment/approve.html", context=context
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.approve_assessment", raise_exception=True)
def assessment_send_back(request, reference):
    assessment = visible_assessment(request, reference)
    form = reason_form("reason", _("What is missing?"))(request.POST or None)
    return _ask(request, assessment, form, _("Send back"), send_back)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_assessment", raise_exception=True)
def assessment_withdraw(request, reference):
    assessment = visible_assessment(request, reference)
    form = reason_form("reason", _("Why is it withdrawn?"))(request.POST or None)
    return _ask(request, assessment, form, _("Withdraw"), withdraw_assessment)
