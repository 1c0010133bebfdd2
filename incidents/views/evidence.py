from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.models import Activation, BoardEvidence
from incidents.services.evidence import add_evidence
from incidents.views.activations import board_url
from risk.forms.shared import FileForm
from risk.views.acts import ask
from service.views.files import attachment


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.work_activation", raise_exception=True)
def evidence_add(request, pk):
    seen = Activation.objects.visible_to(request.user).select_related("plan")
    activation = get_object_or_404(seen, pk=pk)
    form = FileForm(request.POST or None, request.FILES or None)
    crumbs = [
        (_("Contingency plans"), reverse("incidents:plan_list")),
        (activation.plan.name, board_url(activation)),
        (_("Add evidence"), ""),
    ]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": activation.plan.name},
        verb=_("Add evidence"),
        then=board_url(activation),
        service=lambda: add_evidence(
            actor=request.user, activation_id=activation.pk, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_safe
@login_required
@permission_required("incidents.view_plan", raise_exception=True)
def evidence_file(request, pk):
    """The file as something to keep, never to show."""
    seen = BoardEvidence.objects.filter(activation__in=Activation.objects.visible_to(request.user))
    return attachment(get_object_or_404(seen, pk=pk))
