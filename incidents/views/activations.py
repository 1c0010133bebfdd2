from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.forms.plans import ActivateForm, BoardEntryForm, EndForm
from incidents.models import Activation, ActivationCall, ActivationStep, Case
from incidents.services.activations import activate, end_activation, finish_step, take_step, write_on_board
from incidents.services.calls import mark_reached
from incidents.views.plans import visible_plan
from pages.forms import form_helper
from risk.views.acts import act, ask

SHOWN = 200


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.activate_plan", raise_exception=True)
def plan_activate(request, code):
    """Activate a plan, in earnest or as a drill, on the case that the address names."""
    plan = visible_plan(request, code)
    case = Case.objects.visible_to(request.user).open().filter(reference=request.GET.get("case", "").upper()).first()
    form = ActivateForm(request.POST or None, user=request.user, initial={"case": case})
    url = reverse("incidents:plan_detail", args=[plan.code])
    crumbs = [(_("Contingency plans"), reverse("incidents:plan_list")), (plan.name, url), (_("Activate"), "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": plan.name},
        verb=_("Activate the plan"),
        then=url,
        service=lambda: activate(actor=request.user, plan_id=plan.pk, at=timezone.now(), **form.cleaned_data),
        leads=board_url,
    )


@require_safe
@login_required
@permission_required("incidents.view_plan", raise_exception=True)
def activation_detail(request, pk):
    activation = _activation(request, pk)
    plan = activation.plan
    crumbs = [
        (_("Contingency plans"), reverse("incidents:plan_list")),
        (plan.name, reverse("incidents:plan_detail", args=[plan.code])),
        (_("Drill") if activation.is_drill else _("Board"), ""),
    ]
    form = BoardEntryForm()
    form.helper = form_helper(form, _("Write on the board"))
    form.helper.form_action = reverse("incidents:activation_write", args=[activation.pk])
    writes = activation.is_open and request.user.has_perm("incidents.work_activation")
    context = _board(request, activation) | {"crumbs": crumbs, "form": form if writes else None}
    context["evidence"] = activation.evidence.select_related("by")
    return render(
        request, "incidents/activation_detail.html", context | {"actions": _actions(request.user, activation)}
    )


@require_safe
@login_required
@permission_required("incidents.view_plan", raise_exception=True)
def activation_board(request, pk):
    """The board, where it is another than the reader has seen; 204, and one query, where it is not."""
    since = request.GET.get("since", "")
    seen = Activation.objects.visible_to(request.user).filter(pk=pk)
    if since.isdecimal() and seen.filter(revision=since[:9]).exists():
        return HttpResponse(status=204)
    return render(request, "incidents/board.html", _board(request, _activation(request, pk)))


def _board(request, activation):
    calls = list(activation.calls.select_related("person", "deputy", "caller", "reached"))
    return {
        "activation": activation,
        "steps": activation.steps.select_related("taken_by", "done_by"),
        "calls": calls,
        "in_time": sum(call.in_time for call in calls),
        "entries": activation.entries.select_related("by")[:SHOWN],
        "works": activation.is_open and request.user.has_perm("incidents.work_activation"),
        "now": timezone.now(),
    }


def _actions(user, activation):
    ended = "" if activation.is_open else _("This activation has ended: its record stays as it is.")
    url = reverse("incidents:activation_end", args=[activation.pk])
    return [act(user, "incidents.activate_plan", _("End"), url, "check", hurdle=ended, primary=True)]


@require_POST
@login_required
@permission_required("incidents.work_activation", raise_exception=True)
def activation_write(request, pk):
    activation = _activation(request, pk)
    text = request.POST.get("text", "")[:10_000]
    return _done(
        request,
        activation,
        lambda: write_on_board(actor=request.user, activation_id=activation.pk, text=text, at=timezone.now()),
    )


@require_POST
@login_required
@permission_required("incidents.work_activation", raise_exception=True)
def step_take(request, pk):
    return _on_step(request, pk, take_step)


@require_POST
@login_required
@permission_required("incidents.work_activation", raise_exception=True)
def step_done(request, pk):
    return _on_step(request, pk, finish_step)


def _on_step(request, pk, service):
    seen = Activation.objects.visible_to(request.user)
    step = get_object_or_404(ActivationStep.objects.select_related("activation"), pk=pk, activation__in=seen)
    return _done(request, step.activation, lambda: service(actor=request.user, step_id=step.pk, at=timezone.now()))


def _done(request, activation, service):
    """Do what was asked, and go back to the board with a sentence where it was refused."""
    try:
        service()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(board_url(activation))


@require_POST
@login_required
@permission_required("incidents.work_activation", raise_exception=True)
def call_reached(request, pk):
    """Note that somebody of the call tree was reached, or with `deputy` that their deputy was."""
    seen = Activation.objects.visible_to(request.user)
    call = get_object_or_404(ActivationCall.objects.select_related("activation"), pk=pk, activation__in=seen)
    by_deputy = bool(request.POST.get("deputy"))
    return _done(
        request,
        call.activation,
        lambda: mark_reached(actor=request.user, call_id=call.pk, by_deputy=by_deputy, at=timezone.now()),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.activate_plan", raise_exception=True)
def activation_end(request, pk):
    activation = _activation(request, pk)
    form = EndForm(request.POST or None, is_drill=activation.is_drill)
    crumbs = [
        (_("Contingency plans"), reverse("incidents:plan_list")),
        (activation.plan.name, board_url(activation)),
        (_("End"), ""),
    ]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": activation.plan.name},
        verb=_("End the drill") if activation.is_drill else _("End the activation"),
        then=board_url(activation),
        service=lambda: end_activation(
            actor=request.user, activation_id=activation.pk, at=timezone.now(), **form.ending
        ),
    )


def _activation(request, pk):
    return get_object_or_404(Activation.objects.visible_to(request.user).for_list().select_related("ended_by"), pk=pk)


def board_url(activation):
    return reverse("incidents:activation_detail", args=[activation.pk])
