from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.downloads import json_file
from audit.forms.proofs import BetweenForm
from audit.models import Event
from audit.proof_words import consistency_shown, inclusion_shown


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def event_proof(request, pk):
    """That one event stands in the log, in plain words; the page of the event loads it into itself."""
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    template = "audit/event_proof.html#proof" if request.htmx else "audit/event_proof.html"
    crumbs = [(_("Log"), reverse("audit:event_list")), (str(pk), reverse("audit:event_detail", args=[pk]))]
    context = {"event": event, "crumbs": [*crumbs, (_("Proof"), "")]}
    try:
        context["inclusion"] = inclusion_shown(event.pk)
    except ValidationError as error:
        context["problem"] = " ".join(error.messages)
    return render(request, template, context)


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def event_proof_file(request, pk):
    """The same as a file that anybody checks with the log's public key."""
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    try:
        proof = inclusion_shown(event.pk).proof
    except ValidationError:
        return redirect("audit:event_proof", pk=pk)
    name = f"event-{event.pk}-proof.json"
    return json_file(name, proof, action="audit.proof.handed_out", table=event.table_name, pk=event.pk_text)


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def consistency(request):
    """That the log only grew from one checkpoint to another."""
    form = BetweenForm(request.GET)
    context = {"form": form, "tab": "checkpoints"}
    if form.is_valid():
        try:
            context["consistency"] = consistency_shown(form.cleaned_data["old"], form.cleaned_data["new"])
        except ValidationError as error:
            form.add_error(None, error)
    context["problems"] = [text for texts in form.errors.values() for text in texts]
    return render(request, "audit/consistency.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def consistency_file(request):
    form = BetweenForm(request.GET)
    if not form.is_valid():
        raise Http404
    try:
        proof = consistency_shown(form.cleaned_data["old"], form.cleaned_data["new"]).proof
    except ValidationError as error:
        raise Http404 from error
    name = f"log-{proof['old_size']}-to-{proof['new_size']}-proof.json"
    return json_file(name, proof, action="audit.proof.handed_out")
