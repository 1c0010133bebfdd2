from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identification.forms.maps import AttachForm
from identification.map_columns import step_name
from identification.map_parts import map_url
from identification.models import ElementControl, ElementRisk
from identification.services.map_attachments import attach_control, attach_risk, record_risk_on_step, take_off
from identification.views.maps import crumbs, visible_map
from risk.forms.register import RiskForm
from risk.forms.shared import ReasonForm
from risk.models import Control, ProposalSource, Risk, RiskProposal
from risk.views.acts import ask
from risk.views.proposals import proposing

KINDS = {"risk": (ElementRisk, "risk"), "control": (ElementControl, "control")}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_attach(request, reference):
    """Put a risk or a control on a step, without a mouse."""
    found = visible_map(request, reference)
    steps = found.newest.elements.walked()
    chosen = request.GET.get("step", "")
    form = AttachForm(request.POST or None, user=request.user, steps=steps, initial={"element": chosen})
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs(found), (_("Put on a step"), "")], "about": found.name},
        verb=_("Put on the step"),
        then=map_url(found, chosen),
        service=lambda: _attach(request, found, **form.cleaned_data),
        leads=lambda element: map_url(found, element),
    )


def _attach(request, found, element, risk=None, control=None):
    common = {"actor": request.user, "map_id": found.pk, "element": element, "at": timezone.now()}
    if risk:
        attach_risk(risk=risk, **common)
    if control:
        attach_control(control=control, **common)
    return element


@require_POST
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_drop(request, reference):
    """What was dragged on a step: `element`, and `risk` by its reference or `control` by its code."""
    found = visible_map(request, reference)
    posted = request.POST
    risk = Risk.objects.visible_to(request.user).filter(reference=posted.get("risk", "")).first()
    control = Control.objects.visible_to(request.user).filter(code=posted.get("control", "")).first()
    if not risk and not control:
        return JsonResponse({"sentence": _("There is no such risk or control.")}, status=422)
    try:
        element = _attach(request, found, posted.get("element", ""), risk=risk, control=control)
    except ValidationError as error:
        return JsonResponse({"sentence": " ".join(error.messages)}, status=422)
    sentence = _("%(thing)s stands on %(step)s.") % {"thing": risk or control, "step": _step(found, element)}
    return JsonResponse({"sentence": sentence})


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_take_off(request, reference, kind, pk):
    found = visible_map(request, reference)
    if kind not in KINDS:
        raise Http404
    model, name = KINDS[kind]
    seen = model.objects.on_maps().seen_by(request.user, name).filter(process_map=found)
    attached = get_object_or_404(seen.select_related(name), pk=pk)
    form = ReasonForm(request.POST or None)
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs(found), (_("Take off"), "")], "about": str(attached.thing)},
        verb=_("Take off"),
        then=map_url(found, attached.element_id),
        service=lambda: take_off(actor=request.user, attached=attached, at=timezone.now(), **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_risk", raise_exception=True)
def map_record_risk(request, reference):
    """Record a risk that was found at a step; it stands there at once."""
    found = visible_map(request, reference)
    element = _asked_step(request, found)
    form = RiskForm(request.POST or None, user=request.user, initial={"line": found.line_id})
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs(found), (_("Record risk"), "")], "about": _step(found, element)},
        verb=_("Record risk"),
        then=map_url(found, element),
        service=lambda: record_risk_on_step(
            actor=request.user, map_id=found.pk, element=element, at=timezone.now(), **form.as_changes()
        ),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_processmap", raise_exception=True)
def map_propose(request, reference):
    """Propose a risk that was seen at a step; each step may give rise to several, so the address counts them."""
    found = visible_map(request, reference)
    element = _asked_step(request, found)
    key = f"map:{found.pk}:{element}:"
    number = request.GET.get("n", "")
    if not number.isdecimal() or len(number) > 6:
        number = RiskProposal.objects.filter(source_key__startswith=key).count() + 1
        return redirect(f"{request.path}?step={element}&n={number}")
    return proposing(
        request,
        source=ProposalSource.PROCESS_MAP,
        source_key=f"{key}{number}",
        source_title=f"{found.name} · {_step(found, element)}",
        url=map_url(found, element),
        initial={},
        line_id=found.line_id,
        then=map_url(found, element),
        crumbs=crumbs(found),
    )


def _asked_step(request, found):
    """The step that the address names; 404 where it is not drawn."""
    element = request.GET.get("step", "")
    if not found.newest.elements.walked().filter(element_id=element).exists():
        raise Http404
    return element


def _step(found, element):
    return step_name(found.newest.elements.get(element_id=element))
