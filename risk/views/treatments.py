from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.filters.response import TreatmentFilter
from risk.forms.response import EndTreatmentForm, EvidenceForm, TaskForm, TreatmentForm
from risk.models import Control, RiskStatus, Treatment, TreatmentTask
from risk.response_columns import effectiveness_pill, treatment_columns, treatment_pill, until_text
from risk.services.treatments import add_task, begin_treatment, effect_on_indicator, end_treatment, finish_task
from risk.views.acts import act, ask
from risk.views.frame import frame, risk_url, visible_risk


@require_safe
@login_required
@permission_required("risk.view_treatment", raise_exception=True)
def treatment_list(request):
    listing = ListPage(
        request,
        filterset=TreatmentFilter(
            request.GET, queryset=Treatment.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=treatment_columns(),
        order=["due_on", "id"],
        row_url=lambda treatment: f"/risk/treatments/{treatment.pk}/",
        all_label=_("All treatments"),
        label=_("Treatments"),
        empty=_("No risk is treated yet. A treatment begins on the page of its risk."),
    )
    return render_list(request, "risk/treatment_list.html", listing)


@require_safe
@login_required
@permission_required("risk.view_treatment", raise_exception=True)
def risk_response(request, reference):
    """How a risk is answered: its treatments, and its controls with what their tests say."""
    risk = visible_risk(request, reference)
    closed = _("The risk is closed: open it again first.") if risk.status == RiskStatus.CLOSED else ""
    url = reverse("risk:treatment_begin", args=[risk.reference])
    treatments = Treatment.objects.filter(risk=risk).for_list().order_by("-created_at")
    controls = Control.objects.visible_to(request.user).filter(risks=risk).for_list()
    context = frame(request, risk, "response") | {
        "treatments": treatments,
        "row_url": opens(lambda row: f"/risk/treatments/{row.pk}/"),
        "treatment_columns": [column for column in treatment_columns() if column.key != "risk"],
        "controls": [(control, effectiveness_pill(control.last_test)) for control in controls],
        "begin": act(request.user, "risk.add_treatment", _("Begin a treatment"), url, "plus", hurdle=closed),
    }
    return render(request, "risk/risk_response.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_treatment", raise_exception=True)
def treatment_begin(request, reference):
    risk = visible_risk(request, reference)
    initial = {"owner": request.user.pk, "starts_on": timezone.localdate()}
    form = TreatmentForm(request.POST or None, user=request.user, risk=risk, initial=initial)
    crumbs = [
        (_("Register"), reverse("risk:risk_list")),
        (risk.reference, risk_url(risk)),
        (_("Begin a treatment"), ""),
    ]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": risk.title},
        verb=_("Begin a treatment"),
        then=risk_url(risk),
        service=lambda: begin_treatment(actor=request.user, risk_id=risk.pk, at=timezone.now(), **form.cleaned_data),
        leads=_url,
    )


@require_safe
@login_required
@permission_required("risk.view_treatment", raise_exception=True)
def treatment_detail(request, pk):
    treatment = _treatment(request, pk)
    ended = "" if treatment.is_running else _("This treatment has ended.")
    to = lambda name: reverse(f"risk:treatment_{name}", args=[treatment.pk])  # noqa: E731
    change = "risk.change_treatment"
    context = {
        "treatment": treatment,
        "crumbs": [(_("Treatments"), reverse("risk:treatment_list")), (treatment.title, "")],
        "actions": [
            act(request.user, change, _("Add task"), to("task"), "plus", hurdle=ended, primary=True),
            act(request.user, change, _("End"), to("end"), "check", hurdle=ended),
        ],
        "state": treatment_pill(treatment),
        "until": until_text(treatment),
        "tasks": treatment.tasks.select_related("owner"),
        "finishes": treatment.is_running and request.user.has_perm(change),
        "effect": effect_on_indicator(treatment),
    }
    return render(request, "risk/treatment_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_treatment", raise_exception=True)
def treatment_task(request, pk):
    return _act(request, _treatment(request, pk), TaskForm, _("Add task"), add_task)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_treatment", raise_exception=True)
def treatment_end(request, pk):
    return _act(request, _treatment(request, pk), EndTreatmentForm, _("End the treatment"), _end)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_treatment", raise_exception=True)
def task_finish(request, pk):
    seen = Treatment.objects.visible_to(request.user)
    task = get_object_or_404(TreatmentTask.objects.select_related("treatment__risk"), pk=pk, treatment__in=seen)

    def finish(*, actor, treatment_id, **fields):
        return finish_task(actor=actor, task_id=task.pk, at=timezone.now(), **fields)

    return _act(request, task.treatment, EvidenceForm, _("Task done"), finish)


def _end(**fields):
    return end_treatment(at=timezone.now(), **fields)


def _act(request, treatment, form_class, verb, service):
    form = form_class(request.POST or None)
    url = _url(treatment)
    return ask(
        request,
        form,
        context={
            "crumbs": [(_("Treatments"), reverse("risk:treatment_list")), (treatment.title, url), (verb, "")],
            "about": treatment.title,
        },
        verb=verb,
        then=url,
        service=lambda: service(actor=request.user, treatment_id=treatment.pk, **form.cleaned_data),
    )


def _treatment(request, pk):
    return get_object_or_404(Treatment.objects.visible_to(request.user).for_list(), pk=pk)


def _url(treatment):
    return reverse("risk:treatment_detail", args=[treatment.pk])
