from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Max, OuterRef, Subquery
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identification.checklist_columns import checklist_columns, run_columns
from identification.filters.checklists import ChecklistFilter
from identification.forms.checklists import ChecklistForm, EditChecklistForm
from identification.models import Checklist, ChecklistItem, ChecklistRun
from identification.services.checklists import ITEM, change_checklist, write_checklist
from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask

SHOWN = 50


@require_safe
@login_required
@permission_required("identification.view_checklist", raise_exception=True)
def checklist_list(request):
    questions = ChecklistItem.objects.filter(version__checklist=OuterRef("pk"), version__number=OuterRef("newest"))
    counted = questions.values("version").annotate(n=Count("pk")).values("n")
    seen = Checklist.objects.annotate(
        newest=Max("versions__number"), run_count=Count("versions__runs", distinct=True)
    ).annotate(questions=Subquery(counted))
    listing = ListPage(
        request,
        filterset=ChecklistFilter(request.GET, queryset=seen, request=request),
        columns=checklist_columns(),
        order=["code"],
        row_url=lambda row: f"/identification/checklists/{row.code}/",
        all_label=_("All checklists"),
        label=_("Checklists"),
        empty=_("No checklist yet. Write the first one."),
    )
    url = reverse("identification:checklist_create")
    actions = [act(request.user, "identification.add_checklist", _("New checklist"), url, "plus", primary=True)]
    return render_list(request, "identification/checklist_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_checklist", raise_exception=True)
def checklist_create(request):
    form = ChecklistForm(request.POST or None)
    return ask(
        request,
        form,
        context={"crumbs": [(_("Checklists"), _list_url()), (_("New checklist"), "")]},
        verb=_("Write checklist"),
        then=_list_url(),
        service=lambda: write_checklist(actor=request.user, at=timezone.now(), **form.as_written()),
        leads=checklist_url,
        template="identification/checklist_form.html",
    )


@require_safe
@login_required
@permission_required("identification.view_checklist", raise_exception=True)
def checklist_detail(request, code):
    checklist = _checklist(code)
    version = checklist.version
    runs = ChecklistRun.objects.visible_to(request.user).for_list().filter(version__checklist=checklist)
    context = {
        "checklist": checklist,
        "version": version,
        "items": version.items.all(),
        "versions": checklist.versions.select_related("written_by"),
        "crumbs": [(_("Checklists"), _list_url()), (checklist.name, "")],
        "actions": _actions(request.user, checklist),
        "runs": runs.order_by("-begun_at", "-id")[:SHOWN],
        "columns": run_columns(),
        "row_url": opens(lambda row: f"/identification/runs/{row.reference}/"),
    }
    return render(request, "identification/checklist_detail.html", context)


def _actions(user, checklist):
    to = lambda name: reverse(f"identification:{name}", args=[checklist.code])  # noqa: E731
    retired = _("It is not used any more.") if checklist.is_retired else ""
    begin = "identification.add_checklistrun"
    return [
        act(user, begin, _("Go through it"), to("run_begin"), "player-play", hurdle=retired, primary=True),
        act(user, "identification.change_checklist", _("Edit"), to("checklist_edit"), "edit"),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_checklist", raise_exception=True)
def checklist_edit(request, code):
    checklist = _checklist(code)
    items = list(checklist.version.items.values(*ITEM))
    form = EditChecklistForm(request.POST or None, instance=checklist, items=items)
    url = checklist_url(checklist)
    used = checklist.version.runs.exists()
    return ask(
        request,
        form,
        context={"crumbs": [(_("Checklists"), _list_url()), (checklist.name, url), (_("Edit"), "")], "used": used},
        verb=_("Save checklist"),
        then=url,
        service=lambda: change_checklist(
            actor=request.user, checklist_id=checklist.pk, at=timezone.now(), **form.as_written()
        ),
        template="identification/checklist_form.html",
    )


def checklist_url(checklist):
    return reverse("identification:checklist_detail", args=[checklist.code])


def _list_url():
    return reverse("identification:checklist_list")


def _checklist(code):
    return get_object_or_404(Checklist, code=code)
