from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.forms.privacy import ReasonForm
from customers.models import Erasure
from customers.privacy_commands import ERASE
from customers.services.erasure_plans import plan_erasure
from customers.views.asking import add_errors
from customers.views.privacy_requests import crumbs_of, request_url, visible_request
from pages.forms import form_helper
from staff.services.changes import propose


@dataclass(frozen=True)
class Part:
    """A part of an erasure as a page shows it, planned or under way."""

    label: Any
    rule: Any
    until: date | None
    erased_at: datetime | None = None


def parts_of(customer, *, today: date) -> list[Part]:
    """Return the parts of a customer's erasure, or of the plan for one."""
    erasure = Erasure.objects.filter(customer=customer).first()
    if erasure:
        parts = erasure.parts.select_related("rule")
        return [Part(part.get_name_display(), part.rule, part.keep_until, part.erased_at) for part in parts]
    planned = plan_erasure(customer, today=today)
    return [
        Part(part.name.label, None, None)
        if part.goes_now or part.hold is None
        else Part(part.name.label, part.hold.rule, part.hold.until)
        for part in planned
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.handle_privacyrequest", raise_exception=True)
def erasure_plan(request, reference):
    """What would go now and what must stay until when; posting it asks a second person to approve."""
    row = visible_request(request, reference)
    form = ReasonForm(request.POST or None)
    form.helper = form_helper(form, _("Ask for approval"), cancel_url=request_url(row), tone="red")
    if form.is_valid():
        try:
            asked = propose(
                actor=request.user,
                command=ERASE,
                arguments={"request_id": row.pk},
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
            return redirect("staff:change_detail", asked.pk)
        except ValidationError as error:
            add_errors(form, error)
    context = {
        "title": _("Plan of the erasure of %(customer)s") % {"customer": row.customer.reference},
        "crumbs": [*crumbs_of(row), (_("Plan of the erasure"), "")],
        "parts": parts_of(row.customer, today=timezone.localdate()),
        "form": form,
    }
    return render(request, "customers/erasure_plan.html", context, status=422 if form.errors else 200)
