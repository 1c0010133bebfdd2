import csv
import io

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pages.forms import form_helper
from risk.services.register_import import COLUMNS, import_risks, judged
from risk.views.acts import add_errors

SHOWN = 100
LARGEST = 20 * 1024 * 1024


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Table (CSV, UTF-8)"),
        help_text=gettext_lazy("Columns: %(names)s.") % {"names": ", ".join(COLUMNS)},
    )
    dry_run = forms.BooleanField(label=gettext_lazy("Only try it: nothing is recorded"), required=False, initial=True)

    def clean_file(self):
        """The rows of the file by column."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("The file is larger than 20 MB: bring it in parts."))
        try:
            text = file.read().decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text), strict=True, restval=""))
        except (UnicodeDecodeError, csv.Error) as error:
            raise ValidationError(_("The file is no CSV in UTF-8.")) from error
        if not rows:
            raise ValidationError(_("The table has no rows."))
        if any(None in row for row in rows):
            raise ValidationError(_("A row has more cells than there are headings."))
        return rows


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_risk", raise_exception=True)
def risk_import(request):
    """Bring many risks from a table: first tried, then recorded, all of them or none."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {"form": form, "here": _("Import risks")}
    if request.method == "POST" and form.is_valid():
        try:
            rows, at = form.cleaned_data["file"], timezone.now()
            if not form.cleaned_data["dry_run"]:
                count = import_risks(actor=request.user, rows=rows, at=at)
                messages.success(request, _("%(count)s risks are recorded.") % {"count": count})
                return redirect("risk:risk_list")
            found = judged(actor=request.user, rows=rows, at=at)
            context |= {
                "good": len(found.risks),
                "bad": len(found.errors),
                "errors": found.errors[:SHOWN],
                "tried": True,
            }
        except ValidationError as error:
            add_errors(form, error)
    form.helper = form_helper(form, _("Read the table"), cancel_url=reverse("risk:risk_list"))
    return render(request, "risk/risk_import.html", context, status=422 if form.errors else 200)
