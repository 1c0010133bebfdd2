"""Editing many rows of a list: choose what changes, see what would happen, do it."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pages.lists import selection
from staff.bulk import MOST, BulkEdit, ask_for, dry_run, edit_named
from staff.models import ChangeRequest, User
from staff.views.waiting import say_waiting


class WhatForm(forms.Form):
    """What is to be changed, and to what: one field of the list, with the value that it takes."""

    field = forms.ChoiceField(label=gettext_lazy("What is to be changed?"))

    def __init__(self, *args, edit: BulkEdit, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.open = {one.key: one for one in edit.open_to(user)}
        self.fields["field"].choices = [(key, one.label) for key, one in self.open.items()]  # type: ignore[attr-defined]
        for key, one in self.open.items():
            self.fields[f"to_{key}"] = one.field(user)
            self.fields[f"to_{key}"].label = one.label
            self.fields[f"to_{key}"].required = False

    def clean(self):
        cleaned = super().clean()
        key = cleaned.get("field")
        if key and cleaned.get(f"to_{key}") in (None, ""):
            self.add_error(f"to_{key}", _("Say what it is changed to."))
        return cleaned

    @property
    def value(self):
        key = self.cleaned_data["field"]
        return self.open[key].keep(self.cleaned_data[f"to_{key}"])


@require_POST
@login_required
@permission_required("staff.bulk_edit", raise_exception=True)
def bulk_edit(request: HttpRequest, key: str) -> HttpResponse:
    """First the choice, then a dry run, then the job or the request; nothing is changed before the last step."""
    try:
        edit = edit_named(key, request.user)
        chosen = selection(request, edit.filterset, edit.rows(request.user))
        ids = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("staff:job_list")
    if not 1 <= len(ids) <= MOST:
        messages.error(request, _("Choose 1 to %(n)s rows.") % {"n": MOST})
        return redirect(edit.list_name)
    form = WhatForm(request.POST if "field" in request.POST else None, edit=edit, user=request.user)
    seen, problem = None, ""
    if form.is_valid():
        asked = {
            "actor": request.user,
            "key": key,
            "field": form.cleaned_data["field"],
            "value": form.value,
            "ids": ids,
        }
        try:
            if request.POST.get("state"):
                made = ask_for(
                    **asked, state=request.POST["state"], reason=request.POST.get("reason", ""), at=timezone.now()
                )
                if isinstance(made, ChangeRequest):
                    return redirect("staff:change_detail", say_waiting(request, made).pk)
                return redirect("staff:job_detail", made.pk)
        except (ValidationError, PermissionDenied) as error:
            problem = " ".join(getattr(error, "messages", [str(error)]))
        seen = dry_run(**asked)
    context = {
        "edit": edit, "form": form, "ids": ids, "seen": seen, "problem": problem, "title": edit.label,
        "needs_approval": bool(seen and seen.changes > settings.BULK_ROWS_ALONE), "alone": settings.BULK_ROWS_ALONE,
    }  # fmt: skip
    return render(request, "staff/bulk_edit.html", context, status=422 if form.errors else 200)
