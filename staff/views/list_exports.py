from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staff.list_exports import PERMISSION, export_list
from staff.models import ChangeRequest
from staff.rate_limits import limited
from staff.reauth import recently_authenticated
from staff.views.waiting import say_waiting


@require_POST
@login_required
@permission_required(PERMISSION, raise_exception=True)
@limited("export")
@recently_authenticated
def list_export(request: HttpRequest) -> HttpResponse:
    """Take out what a list shows as a file; it waits in the jobs, a large one for somebody else's approval."""
    asked = {name: request.POST.get(name, "")[:2_000] for name in ("path", "query")}
    asked["format"] = request.POST.get("format", "csv")
    try:
        made = export_list(actor=request.user, reason=request.POST.get("reason", ""), at=timezone.now(), **asked)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("staff:job_list")
    if made is None:
        context = {"asked": asked, "alone": settings.EXPORT_ROWS_ALONE, "title": _("Export a list")}
        return render(request, "staff/list_export.html", context)
    if isinstance(made, ChangeRequest):
        return redirect("staff:change_detail", say_waiting(request, made).pk)
    return redirect("staff:job_detail", made.pk)
