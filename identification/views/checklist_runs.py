from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.checklist_columns import run_columns, run_pill
from identification.filters.checklists import ChecklistRunFilter
from identification.forms.checklists import AnswerForm, BeginRunForm
from identification.models import Answer, Checklist, ChecklistRun
from identification.rules.checklists import differences
from identification.services.checklists import answer_item, begin_run, finish_run, run_url
from identification.views.checklists import checklist_url
from pages.lists import ListPage, render_list
from risk.models import ProposalSource
from risk.views.acts import act, add_errors, ask
from risk.views.proposals import proposing


@require_safe
@login_required
@permission_required("identification.view_checklistrun", raise_exception=True)
def run_list(request):
    seen = ChecklistRun.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=ChecklistRunFilter(request.GET, queryset=seen, request=request),
        columns=run_columns(),
        order=["-begun_at", "-id"],
        row_url=lambda row: f"/identification/runs/{row.reference}/",
        all_label=_("All runs"),
        label=_("Runs of checklists"),
        empty=_("No checklist was gone through yet."),
    )
    return render_list(request, "identification/run_list.html", listing)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_checklistrun", raise_exception=True)
def run_begin(request, code):
    checklist = get_object_or_404(Checklist, code=code)
    form = BeginRunForm(request.POST or None, user=request.user)
    url = checklist_url(checklist)
    crumbs = [(_("Checklists"), reverse("identification:checklist_list")), (checklist.name, url)]
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs, (_("Go through it"), "")], "about": checklist.purpose},
        verb=_("Go through it"),
        then=url,
        service=lambda: begin_run(actor=request.user, checklist_id=checklist.pk, at=timezone.now(), **form.as_run()),
        leads=run_url,
    )


@require_safe
@login_required
@permission_required("identification.view_checklistrun", raise_exception=True)
def run_detail(request, reference):
    run = _run(request, reference)
    before = ChecklistRun.objects.visible_to(request.user).before(run).first()
    rows = _rows(request.user, run, before)
    context = {
        "run": run,
        "before": before,
        "rows": rows,
        "worse": sum(row["difference"] in ("worse", "new") for row in rows),
        "better": sum(row["difference"] == "better" for row in rows),
        "choices": Answer.choices,
        "crumbs": _crumbs(run),
        "actions": [_finish(request.user, run, rows)],
        "state": run_pill(run),
    }
    return render(request, "identification/run_detail.html", context)


def _rows(user, run, before):
    """The questions with what was said to each, here and in the run before."""
    said = {answer.item_id: answer for answer in run.answers.select_related("by")}
    items = list(run.version.items.all())
    earlier = dict(before.answers.values_list("item__text", "answer")) if before else {}
    now = {item.text: said[item.pk].answer for item in items if item.pk in said}
    found = differences(earlier, now) if before else {}
    edits = _edits(user, run)
    words = dict(Answer.choices)
    return [
        {
            "item": item,
            "said": said.get(item.pk),
            "difference": found.get(item.text, ""),
            "before": words.get(earlier.get(item.text), ""),
            "edits": edits,
        }
        for item in items
    ]


def _edits(user, run):
    return not run.is_finished and user.has_perm("identification.change_checklistrun")


def _finish(user, run, rows):
    missing = sum(row["said"] is None for row in rows)
    open_ones = _("Questions without an answer: %(n)s.") % {"n": missing} if missing else ""
    done = _("It is finished and never changes.") if run.is_finished else open_ones
    url = reverse("identification:run_finish", args=[run.reference])
    change = "identification.change_checklistrun"
    return act(user, change, _("Finish"), url, "check", hurdle=done, primary=True, post=True)


@require_POST
@login_required
@permission_required("identification.change_checklistrun", raise_exception=True)
def run_answer(request, reference, pk):
    """Keep one answer, and show its question again."""
    run = _run(request, reference)
    item = get_object_or_404(run.version.items, pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_item(actor=request.user, run_id=run.pk, item_id=item.pk, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
    if not request.htmx and not form.errors:
        return redirect(f"{run_url(run)}#item-{item.pk}")
    before = ChecklistRun.objects.visible_to(request.user).before(run).first()
    row = next(row for row in _rows(request.user, run, before) if row["item"].pk == item.pk)
    context = {"run": run, "row": row, "choices": Answer.choices, "form": form}
    template = "identification/run_item.html" if request.htmx else "identification/run_refused.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@login_required
@permission_required("identification.change_checklistrun", raise_exception=True)
def run_finish(request, reference):
    """Finish, or say over the run why not."""
    run = _run(request, reference)
    try:
        finish_run(actor=request.user, run_id=run.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(run_url(run))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_checklistrun", raise_exception=True)
def run_propose(request, reference, pk):
    """Propose the risk that a no speaks of."""
    run = _run(request, reference)
    said = get_object_or_404(run.answers.select_related("item"), item=pk, answer=Answer.NO)
    item = said.item
    description = "\n".join(text for text in (f"{item.text} {said.get_answer_display()}.", said.remark) if text)
    return proposing(
        request,
        source=ProposalSource.CHECKLIST,
        source_key=f"checklist:{run.pk}:{item.pk}",
        url=run_url(run),
        initial={"title": item.risk_title, "risk_class": item.risk_class, "description": description},
        line_id=run.line_id,
        source_title=str(run),
        then=run_url(run),
        crumbs=_crumbs(run, linked=True),
    )


def _crumbs(run, linked=False):
    runs = (_("Runs of checklists"), reverse("identification:run_list"))
    return [runs, (run.reference, run_url(run) if linked else "")]


def _run(request, reference):
    seen = ChecklistRun.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, reference=reference.upper())
