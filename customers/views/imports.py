import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.services import emit
from customers.filters.imports import ImportFilter, RejectFilter
from customers.forms.imports import ImportForm
from customers.ingest.running import is_worked_on
from customers.ingest.targets import TARGETS
from customers.models import ImportReject, ImportRun, ImportState
from customers.rules.masking import mask_in_text
from customers.services import imports
from customers.services.reading import open_rejects
from pages.actions import Action
from pages.formats import number
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment, pill_html

STOP_POLLING = 286  # htmx's own status
TONES = {
    ImportState.DONE: "green",
    ImportState.FAILED: "red",
    ImportState.RUNNING: "blue",
    ImportState.CANCELLED: "amber",
}
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def _state(run):
    return pill_html(run.get_state_display(), TONES.get(run.state, ""))


COLUMNS = (
    Column("id", gettext_lazy("No."), lambda run: run.pk, sort="id", mono=True),
    Column("mapping", gettext_lazy("Mapping"), lambda run: run.mapping, link=True),
    Column("state", gettext_lazy("State"), _state),
    Column("dry_run", gettext_lazy("Dry run"), lambda run: _("Dry run") if run.dry_run else ""),
    Column("read", gettext_lazy("Read"), lambda run: number(run.read), numeric=True),
    Column("new", gettext_lazy("New"), lambda run: number(run.new), numeric=True),
    Column("changed", gettext_lazy("Changed"), lambda run: number(run.changed), numeric=True),
    Column("known", gettext_lazy("Known"), lambda run: number(run.known), numeric=True),
    Column("rejected", gettext_lazy("Rejected"), lambda run: number(run.rejected), numeric=True),
    Column("asked_by", gettext_lazy("Asked by"), lambda run: run.asked_by or _("Command")),
    Column("created_at", gettext_lazy("Asked"), lambda run: moment(run.created_at), sort="created_at"),
)


FILE_COLUMNS = (
    Column("name", gettext_lazy("File"), lambda file: file.name, mono=True, card="wide"),
    Column(
        "target",
        gettext_lazy("Holds"),
        lambda file: TARGETS[file.target].label if file.target in TARGETS else file.target,
    ),
    Column("state", gettext_lazy("State"), _state),
    Column("read", gettext_lazy("Read"), lambda file: number(file.rows_read), numeric=True),
    Column("new", gettext_lazy("New"), lambda file: number(file.rows_new), numeric=True),
    Column("changed", gettext_lazy("Changed"), lambda file: number(file.rows_changed), numeric=True),
    Column("known", gettext_lazy("Known"), lambda file: number(file.rows_known), numeric=True),
    Column("rejected", gettext_lazy("Rejected"), lambda file: _rejected(file), numeric=True),
)


FIELD_KINDS = {
    "date": gettext_lazy("a day, as 2026-03-05"),
    "moment": gettext_lazy("a moment, as 2026-03-05T10:15:00+08:00"),
    "money": gettext_lazy("an amount, as 1234.50"),
    "number": gettext_lazy("a number"),
    "whole": gettext_lazy("a whole number"),
    "currency": gettext_lazy("a currency, as CNY"),
    "customer": gettext_lazy("the customer's number at the source"),
    "account": gettext_lazy("the account's number at the source"),
    "loan": gettext_lazy("the loan's number at the source"),
    "product": gettext_lazy("the product's code"),
}


def _says(field):
    """What a field is to hold, as its column in the table of fields says it."""
    if field.choices is not None:
        several = _("several, parted by ;: %(values)s") if field.kind == "several" else "%(values)s"
        return several % {"values": ", ".join(field.choices.values)}
    return FIELD_KINDS.get(field.kind) or _("a text")


FIELD_COLUMNS = (
    Column("name", gettext_lazy("Column"), lambda field: field.name, mono=True),
    Column("needed", gettext_lazy("Needed"), lambda field: _("Yes") if field.required and not field.fallback else ""),
    Column("says", gettext_lazy("Holds"), _says, card="wide"),
)


def _rejected(file):
    shown = number(file.rows_rejected)
    if not file.rows_rejected:
        return shown
    return format_html(
        '<a href="{}?file={}">{}</a>', reverse("customers:import_rejects", args=[file.run_id]), file.pk, shown
    )


@require_safe
@login_required
@permission_required("customers.view_importrun", raise_exception=True)
def import_list(request):
    seen = ImportRun.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=ImportFilter(request.GET, queryset=seen, request=request),
        columns=COLUMNS,
        order=["-created_at"],
        row_url=lambda run: f"/customers/imports/{run.pk}/",
        label=_("Imports"),
        empty=_("Nothing was imported yet. Upload files, or run manage.py import_data."),
    )
    new = Action(_("New import"), reverse("customers:import_create"), "upload", primary=True)
    offered = [new] if request.user.has_perm("customers.add_importrun") else []
    return render_list(request, "customers/import_list.html", listing, actions=offered)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_importrun", raise_exception=True)
def import_create(request):
    target = TARGETS.get(request.POST.get("target") or request.GET.get("target", ""))
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        cancel_url=reverse("customers:import_list"),
        initial={"target": target.name if target else "", "dry_run": True},
    )
    if form.is_valid():
        try:
            run = imports.ask_for_import(
                actor=request.user,
                mapping=form.mapping,
                mapping_text=form.mapping_text,
                uploads=form.cleaned_data["files"],
                dry_run=form.cleaned_data["dry_run"],
                at=timezone.now(),
            )
            return redirect("customers:import_detail", run.pk)
        except ValidationError as error:
            form.add_error("files", error)
    crumbs = [(_("Imports"), reverse("customers:import_list")), (_("New import"), "")]
    shown = {"form": form, "crumbs": crumbs, "target": target, "columns": FIELD_COLUMNS}
    return render(request, "customers/import_create.html", shown, status=422 if form.errors else 200)


def _run(request, pk):
    return get_object_or_404(ImportRun.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
@permission_required("customers.view_importrun", raise_exception=True)
def import_detail(request, pk):
    return render(request, "customers/import_detail.html", _shown(request, _run(request, pk)))


@require_safe
@login_required
@permission_required("customers.view_importrun", raise_exception=True)
def import_live(request, pk):
    """The state and the counts, asked for every second; once it is over the page is told to stop asking and show the
    end.
    """
    run = _run(request, pk)
    if not _is_going(run):
        return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
    return render(request, "customers/import_detail.html#live", _shown(request, run))


def _is_going(run):
    """Somebody works on it, or a worker is going to. A process that was killed leaves neither."""
    if run.state not in (ImportState.QUEUED, ImportState.RUNNING):
        return False
    return is_worked_on(run.pk) or (run.job is not None and not run.job.is_over)


def _shown(request, run):
    files = list(run.files.order_by("position"))
    going = _is_going(run)
    done, total = sum(file.bytes_read for file in files), sum(file.size for file in files)
    if run.dry_run and going and run.job:  # what a dry run does is seen by nobody else until it is undone
        done, total = run.job.done, run.job.total
    return {
        "run": run,
        "files": files,
        "file_columns": FILE_COLUMNS,
        "tone": TONES.get(run.state, ""),
        "going": going,
        "done": done,
        "total": total or None,
        "interrupted": not going and run.state in (ImportState.QUEUED, ImportState.RUNNING),
        "crumbs": [(_("Imports"), reverse("customers:import_list")), (f"{run.mapping} {run.pk}", "")],
        "actions": _actions(request.user, run, going),
    }


def _actions(user, run, going):
    if not user.has_perm("customers.add_importrun"):
        return []
    offered = []
    if run.dry_run and run.state == ImportState.DONE:
        offered.append(
            Action(
                _("Import for real"),
                reverse("customers:import_for_real", args=[run.pk]),
                "upload",
                post=True,
                primary=True,
            )
        )
    if run.job and going:
        offered.append(
            Action(
                _("Cancel job"), reverse("staff:job_cancel", args=[run.job_id]), "player-stop", post=True, tone="red"
            )
        )
    if run.job and not going and run.state != ImportState.DONE:
        offered.append(
            Action(
                _("Go on"), reverse("customers:import_continue", args=[run.pk]), "player-play", post=True, primary=True
            )
        )
    return offered


@require_POST
@login_required
@permission_required("customers.add_importrun", raise_exception=True)
def import_continue(request, pk):
    return _redirected(request, _run(request, pk), imports.continue_import)


@require_POST
@login_required
@permission_required("customers.add_importrun", raise_exception=True)
def import_for_real(request, pk):
    return _redirected(request, _run(request, pk), imports.import_for_real)


def _redirected(request, run, service):
    try:
        run = service(actor=request.user, run_id=run.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("customers:import_detail", run.pk)


@require_safe
@login_required
@permission_required("customers.view_importrun", raise_exception=True)
def import_rejects(request, pk):
    """Rows that were not taken. The rows themselves are shown to those who may import: they hold personal data."""
    run = _run(request, pk)
    may_read = request.user.has_perm("customers.add_importrun")
    told = str if may_read else mask_in_text
    if may_read:
        open_rejects(run)
    columns = [
        Column("file", gettext_lazy("File"), lambda reject: reject.file.name),
        Column("line", gettext_lazy("Line number"), lambda reject: number(reject.line), numeric=True, link=True),
        Column("column", gettext_lazy("Column"), lambda reject: reject.column, mono=True),
        Column("reason", gettext_lazy("Why it was not taken"), lambda reject: told(reject.sentence), card="wide"),
        *(
            [Column("text", gettext_lazy("Row"), lambda reject: reject.text, mono=True, card="wide")]
            if may_read
            else []
        ),
    ]
    rejects = ImportReject.objects.filter(file__run=run).select_related("file")
    listing = ListPage(
        request, filterset=RejectFilter(request.GET, queryset=rejects, request=request, run=run), columns=columns,
        order=["file_id", "line", "id"], export_url="", label=_("Rejected rows"), empty=_("Every row of this import was taken."),
    )  # fmt: skip
    extra = {
        "crumbs": [
            (_("Imports"), reverse("customers:import_list")),
            (f"{run.mapping} {run.pk}", reverse("customers:import_detail", args=[pk])),
            (_("Rejected rows"), ""),
        ],
        "actions": [Action(_("Download"), reverse("customers:import_rejects_csv", args=[pk]), "download")]
        if may_read
        else [],
    }
    return render_list(request, "customers/import_rejects.html", listing, **extra)


@require_safe
@login_required
@permission_required("customers.add_importrun", raise_exception=True)
def import_rejects_csv(request, pk):
    """All rejected rows as a file, written as it is read, whatever their number."""
    run = _run(request, pk)
    emit("export", table="customers_importreject", pk=run.pk, action="customers.import.rejects_downloaded")
    rejects = ImportReject.objects.filter(file__run=run).select_related("file").order_by("file__position", "line", "id")
    head = [_("File"), _("Line number"), _("Column"), _("Why it was not taken"), _("Row")]
    body = ([one.file.name, one.line, one.column, one.sentence, one.text] for one in rejects.iterator(chunk_size=2000))
    writer = csv.writer(_Echo())
    lines = (writer.writerow([_harmless(cell) for cell in row]) for row in _chain(head, body))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejects-{run.pk}.csv"'
    return response


class _Echo:
    """What the csv writer writes to: it gives each line back."""

    def write(self, value):
        return value


def _chain(head, body):
    yield ["\ufeff" + head[0], *head[1:]]
    yield from body


def _harmless(cell):
    """A cell that a spreadsheet would take for a formula is made text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
