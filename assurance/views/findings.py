from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assurance.columns import due_text, finding_columns, severity_pill, state_pill
from assurance.filters.findings import FindingFilter
from assurance.forms.findings import AnswerForm, DoneForm, FindingForm, ReturnForm, VerifyForm
from assurance.models import Finding, FindingState
from assurance.services.findings import (
    answer_finding,
    finding_url,
    finish_finding,
    hurdle_to_verifying,
    raise_finding,
    return_finding,
    verify_finding,
)
from assurance.views.engagements import engagement_url, visible_engagement
from pages.lists import ListPage, render_list
from risk.models import ProposalSource, RiskClass
from risk.views.acts import act, ask
from risk.views.proposals import propose_act, proposing


@require_safe
@login_required
@permission_required("assurance.view_finding", raise_exception=True)
def finding_list(request):
    listing = ListPage(
        request,
        filterset=FindingFilter(
            request.GET, queryset=Finding.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=finding_columns(),
        order=["due_on", "id"],
        row_url=lambda finding: f"/assurance/findings/{finding.reference}/",
        all_label=_("All findings"),
        label=_("Findings"),
        empty=_("No finding that you see."),
    )
    return render_list(request, "assurance/finding_list.html", listing)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.add_finding", raise_exception=True)
def finding_create(request, reference):
    engagement = visible_engagement(request, reference)
    form = FindingForm(request.POST or None, user=request.user, engagement=engagement)
    url = engagement_url(engagement)
    crumbs = [
        (_("Audits"), reverse("assurance:engagement_list")),
        (engagement.reference, url),
        (_("Raise finding"), ""),
    ]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": engagement.title},
        verb=_("Raise finding"),
        then=url,
        service=lambda: raise_finding(
            actor=request.user, engagement=engagement, at=timezone.now(), **form.cleaned_data
        ),
        leads=finding_url,
    )


@require_safe
@login_required
@permission_required("assurance.view_finding", raise_exception=True)
def finding_detail(request, reference):
    finding = _finding(request, reference)
    context = {
        "finding": finding,
        "crumbs": [(_("Findings"), reverse("assurance:finding_list")), (finding.reference, "")],
        "actions": _actions(request.user, finding),
        "severity": severity_pill(finding),
        "state": state_pill(finding),
        "due": due_text(finding),
        "sees_audit": request.user.has_perm("assurance.view_engagement"),
    }
    return render(request, "assurance/finding_detail.html", context)


def _actions(user, finding):
    to = lambda name: reverse(f"assurance:finding_{name}", args=[finding.reference])  # noqa: E731
    owner = "" if finding.owner_id == user.pk else _("Its owner does this: %(owner)s.") % {"owner": finding.owner}
    working = finding.state in (FindingState.OPEN, FindingState.ANSWERED)
    owned = owner or ("" if working else _("It waits for verification, or is verified."))
    done = "" if finding.state == FindingState.DONE else _("Its owner has not said that it is done, or it is verified.")
    judged = done or hurdle_to_verifying(user, finding)
    return [
        act(user, "assurance.answer_finding", _("Answer"), to("answer"), "message", hurdle=owned, primary=working),
        act(user, "assurance.answer_finding", _("It is done"), to("done"), "check", hurdle=owned),
        act(user, "assurance.verify_finding", _("Verify"), to("verify"), "shield-check", hurdle=judged, primary=not working),
        act(user, "assurance.verify_finding", _("Give back"), to("return"), "arrow-back-up", hurdle=judged),
        propose_act(user, to("propose")),
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.answer_finding", raise_exception=True)
def finding_answer(request, reference):
    return _act(request, reference, AnswerForm, _("Answer"), answer_finding)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.answer_finding", raise_exception=True)
def finding_done(request, reference):
    return _act(request, reference, DoneForm, _("It is done"), finish_finding)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.verify_finding", raise_exception=True)
def finding_verify(request, reference):
    return _act(request, reference, VerifyForm, _("Verify"), verify_finding)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.verify_finding", raise_exception=True)
def finding_return(request, reference):
    return _act(request, reference, ReturnForm, _("Give back"), return_finding)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.view_finding", raise_exception=True)
def finding_propose(request, reference):
    """Propose a risk that a finding shows."""
    finding = _finding(request, reference)
    url = finding_url(finding)
    said = {
        "title": finding.title,
        "description": finding.condition,
        "causes": finding.cause,
        "consequences": finding.effect,
    }
    return proposing(
        request,
        source=ProposalSource.FINDING,
        source_key=f"finding:{finding.pk}",
        url=url,
        source_title=str(finding),
        initial={**said, "risk_class": RiskClass.OPERATIONAL},
        line_id=finding.engagement.unit.line_id,
        then=url,
        crumbs=[(_("Findings"), reverse("assurance:finding_list")), (finding.reference, url)],
    )


def _act(request, reference, form_class, verb, service):
    finding = _finding(request, reference)
    form = form_class(request.POST or None)
    url = finding_url(finding)
    crumbs = [(_("Findings"), reverse("assurance:finding_list")), (finding.reference, url), (verb, "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": finding.title},
        verb=verb,
        then=url,
        service=lambda: service(actor=request.user, finding_id=finding.pk, at=timezone.now(), **form.cleaned_data),
    )


def _finding(request, reference):
    seen = Finding.objects.visible_to(request.user).for_list()
    more = seen.select_related("raised_by", "done_by", "verified_by", "activation__plan")
    return get_object_or_404(more, reference=reference.upper())
