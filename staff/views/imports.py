"""Bringing many records of a list from a table: first tried, then recorded, all of them or none."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pages.forms import form_helper
from staff.imports import SHOWN, TableImport, bring_in, import_named, read_table, tried
from staff.rules.cells import plain_text


class TableForm(forms.Form):
    """A file, and whether it is only tried."""

    file = forms.FileField(
        label=gettext_lazy("Table (.csv in UTF-8, or .xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    dry_run = forms.BooleanField(label=gettext_lazy("Only try it: nothing is recorded"), required=False, initial=True)

    def __init__(self, *args, table: TableImport, **kwargs):
        super().__init__(*args, **kwargs)
        self.table = table
        self.fields["file"].help_text = _("Columns: %(names)s.") % {"names": ", ".join(table.columns)}

    def clean_file(self):
        """The rows of the file by column."""
        return read_table(self.table, self.cleaned_data["file"].read())


@require_http_methods(["GET", "POST"])
@login_required
def table_import(request, key):
    table = _table(request, key)
    form = TableForm(request.POST or None, request.FILES or None, table=table)
    context = {"form": form, "table": table, "here": table.label, "url": _list_url(table)}
    if request.method == "POST" and form.is_valid():
        asked = {"actor": request.user, "rows": form.cleaned_data["file"], "at": timezone.now()}
        try:
            if not form.cleaned_data["dry_run"]:
                count = bring_in(table, **asked)
                messages.success(request, _("%(count)s rows are recorded.") % {"count": count})
                return redirect(table.list_name)
            found = tried(table, **asked)
            context |= {"tried": True, "good": found.good, "bad": len(found.errors), "errors": found.errors[:SHOWN]}
        except ValidationError as error:
            form.add_error(None, error)
    form.helper = form_helper(form, _("Read the table"), cancel_url=_list_url(table))
    return render(request, "staff/table_import.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def table_empty(request, key):
    """The headings alone, to be filled in."""
    table = _table(request, key)
    heads = ",".join(plain_text(column) for column in table.columns)
    answer = HttpResponse(f"\ufeff{heads}\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table.key}.csv"'
    return answer


def _table(request, key: str) -> TableImport:
    try:
        return import_named(key, request.user)
    except ValidationError as error:
        raise Http404 from error


def _list_url(table: TableImport) -> str:
    return reverse(table.list_name)
