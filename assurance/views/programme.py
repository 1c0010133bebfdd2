from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assurance.forms.papers import FinishStepForm, StepForm
from assurance.models import ProgrammeStep
from assurance.services.programme import add_step, finish_step
from assurance.views.engagements import engagement_url, visible_engagement
from risk.views.acts import ask


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_engagement", raise_exception=True)
def step_add(request, reference):
    engagement = visible_engagement(request, reference)
    form = StepForm(request.POST or None, initial={"assignee": request.user.pk})
    return ask(
        request,
        form,
        context=_context(engagement, _("Add a step")),
        verb=_("Add a step"),
        then=engagement_url(engagement),
        service=lambda: add_step(actor=request.user, engagement_id=engagement.pk, **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_engagement", raise_exception=True)
def step_finish(request, pk):
    step = get_object_or_404(ProgrammeStep.objects.visible_to(request.user).for_list(), pk=pk)
    form = FinishStepForm(request.POST or None, step=step)
    return ask(
        request,
        form,
        context=_context(step.engagement, _("It is done")) | {"about": step.title},
        verb=_("It is done"),
        then=engagement_url(step.engagement),
        service=lambda: finish_step(actor=request.user, step_id=step.pk, at=timezone.now(), **form.cleaned_data),
    )


def _context(engagement, here):
    url = engagement_url(engagement)
    crumbs = [(_("Audits"), reverse("assurance:engagement_list")), (engagement.reference, url), (here, "")]
    return {"crumbs": crumbs, "about": engagement.title}
