from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assurance.columns import paper_pill, tick_pill
from assurance.forms.papers import PaperForm, PaperNotesForm, TickForm
from assurance.models import PaperEvidence, WorkingPaper
from assurance.populations import POPULATIONS
from assurance.services.papers import (
    add_paper_file,
    change_paper,
    hurdle_to_reviewing,
    paper_url,
    return_paper,
    review_paper,
    tick_item,
    write_paper,
)
from assurance.views.engagements import engagement_url, visible_engagement
from risk.forms.shared import FileForm
from risk.views.acts import act, ask
from service.views.files import attachment


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.add_workingpaper", raise_exception=True)
def paper_create(request, reference):
    engagement = visible_engagement(request, reference)
    form = PaperForm(request.POST or None)
    url = engagement_url(engagement)
    return ask(
        request,
        form,
        context={"crumbs": [*_audit_crumbs(engagement), (_("New working paper"), "")], "about": engagement.title},
        verb=_("Save the paper"),
        then=url,
        service=lambda: write_paper(
            actor=request.user, engagement_id=engagement.pk, at=timezone.now(), **form.cleaned_data
        ),
        leads=paper_url,
    )


@require_safe
@login_required
@permission_required("assurance.view_workingpaper", raise_exception=True)
def paper_detail(request, pk):
    paper = _paper(request, pk)
    ticks = paper.ticks.select_related("sample")
    context = {
        "paper": paper,
        "state": paper_pill(paper),
        "evidence": paper.evidence.select_related("by"),
        "ticks": [(tick, POPULATIONS[tick.sample.population], tick_pill(tick)) for tick in ticks],
        "steps": paper.steps.all(),
        "actions": _actions(request.user, paper),
        "crumbs": [*_audit_crumbs(paper.engagement), (f"WP {paper.number}", "")],
    }
    return render(request, "assurance/paper_detail.html", context)


def _actions(user, paper):
    to = lambda name: reverse(f"assurance:paper_{name}", args=[paper.pk])  # noqa: E731
    stays = _("This paper was reviewed and never changes.") if paper.is_reviewed else ""
    others = "" if paper.prepared_by_id == user.pk else _("Whoever prepared a paper changes it: %(person)s.") % {
        "person": paper.prepared_by
    }  # fmt: skip
    hurdle = stays or hurdle_to_reviewing(user, paper)
    review, change = "assurance.review_workingpaper", "assurance.change_workingpaper"
    return [
        act(user, review, _("Review"), to("review"), "shield-check", hurdle=hurdle, primary=True),
        act(user, review, _("Give back"), to("return"), "arrow-back-up", hurdle=hurdle),
        act(user, change, _("Edit"), to("edit"), "edit", hurdle=stays or others),
        act(user, change, _("Add evidence"), to("evidence"), "upload", hurdle=stays),
        act(user, change, _("Tick an item"), to("tick"), "check", hurdle=stays),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_workingpaper", raise_exception=True)
def paper_edit(request, pk):
    paper = _paper(request, pk)
    form = PaperForm(request.POST or None, instance=paper)
    return _act(request, paper, form, _("Edit"), change_paper)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.review_workingpaper", raise_exception=True)
def paper_review(request, pk):
    return _act(
        request, _paper(request, pk), PaperNotesForm(request.POST or None), _("Review"), review_paper, timed=True
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.review_workingpaper", raise_exception=True)
def paper_return(request, pk):
    form = PaperNotesForm(request.POST or None)
    return _act(request, _paper(request, pk), form, _("Give back"), return_paper, timed=True)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_workingpaper", raise_exception=True)
def paper_evidence(request, pk):
    form = FileForm(request.POST or None, request.FILES or None)
    return _act(request, _paper(request, pk), form, _("Add evidence"), add_paper_file, timed=True)


@require_safe
@login_required
@permission_required("assurance.view_workingpaper", raise_exception=True)
def paper_file(request, pk):
    """The file as something to keep, never to show."""
    seen = PaperEvidence.objects.filter(paper__in=WorkingPaper.objects.visible_to(request.user))
    return attachment(get_object_or_404(seen, pk=pk))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assurance.change_workingpaper", raise_exception=True)
def paper_tick(request, pk):
    paper = _paper(request, pk)
    return _act(request, paper, TickForm(request.POST or None, paper=paper), _("Tick an item"), tick_item)


def _act(request, paper, form, verb, service, timed=False):
    url, about = paper_url(paper), paper.title
    at = {"at": timezone.now()} if timed else {}
    return ask(
        request,
        form,
        context={
            "crumbs": [*_audit_crumbs(paper.engagement), (f"WP {paper.number}", url), (verb, "")],
            "about": about,
        },
        verb=verb,
        then=url,
        service=lambda: service(actor=request.user, paper_id=paper.pk, **at, **form.cleaned_data),
    )


def _audit_crumbs(engagement):
    return [(_("Audits"), reverse("assurance:engagement_list")), (engagement.reference, engagement_url(engagement))]


def _paper(request, pk):
    return get_object_or_404(WorkingPaper.objects.visible_to(request.user).for_list(), pk=pk)
