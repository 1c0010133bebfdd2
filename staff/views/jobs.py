from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.services import emit
from pages.actions import Action
from pages.lists import ListPage, render_list
from staff import columns
from staff.filters.jobs import JobFilter
from staff.jobs import KINDS
from staff.models import Job
from staff.rules.jobs import KEPT_DAYS, seconds_left
from staff.services.jobs import cancel_job, restart_job
from staff.views.previews import page_or_preview

STOP_POLLING = 286  # htmx's own status


@require_safe
@login_required
@permission_required("staff.view_job", raise_exception=True)
def job_list(request: HttpRequest) -> HttpResponse:
    """One's own jobs, newest first; an administrator's list has everyone's."""
    jobs = JobFilter(request.GET, queryset=Job.objects.visible_to(request.user).for_list(), request=request)
    listing = ListPage(
        request, filterset=jobs, columns=columns.JOBS, order=["-created_at"], label=_("Jobs"),
        row_url=lambda job: reverse("staff:job_detail", args=[job.pk]),
        empty=_("Nothing yet. Exports and imports that you ask for appear here, with progress and result."),
    )  # fmt: skip
    return render_list(request, "staff/job_list.html", listing)


@require_safe
@login_required
@permission_required("staff.view_job", raise_exception=True)
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user).for_list(), pk=pk)
    page = page_or_preview(request, "staff/job_detail.html", "job")
    return render(request, page, {**_shown(job), **_allowed(request, job)})


@require_safe
@login_required
@permission_required("staff.view_job", raise_exception=True)
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar, asked for every second; once the job is over the page is told to stop asking and show the end."""
    job = get_object_or_404(Job.objects.visible_to(request.user).for_list(), pk=pk)
    if job.is_over:
        return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
    return render(request, "staff/job_detail.html#bar", _shown(job))


def _shown(job: Job) -> dict:
    left = seconds_left(started_at=job.started_at, at=timezone.now(), done=job.done, total=job.total)
    return {"job": job, "left": None if job.is_over else left, "kept_days": KEPT_DAYS}


def _allowed(request: HttpRequest, job: Job) -> dict:
    own = job.owner_id == request.user.pk
    cancel = Action(_("Cancel job"), reverse("staff:job_cancel", args=[job.pk]), "player-stop", post=True, tone="red")
    again = Action(_("Start again"), reverse("staff:job_restart", args=[job.pk]), "repeat", post=True)
    download = Action(_("Download"), reverse("staff:job_result", args=[job.pk]), "download", primary=True)
    asked = _("It was asked to stop and does so as soon as it can.") if job.cancel_asked_at else None
    offered = [
        (not job.is_over and (own or request.user.has_perm("staff.cancel_any_job")), cancel.unless(asked)),
        (own and job.state in ("failed", "cancelled") and job.kind in KINDS, again),
        (own and bool(job.result), download),
    ]
    return {"is_own": own, "actions": [action for holds, action in offered if holds]}


@require_POST
@login_required
@permission_required("staff.view_job", raise_exception=True)
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        job = cancel_job(actor=request.user, job_id=job.pk, at=timezone.now())
        messages.info(
            request, _("The job stops as soon as it can.") if not job.is_over else _("The job was cancelled.")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("staff:job_detail", pk=job.pk)


@require_POST
@login_required
@permission_required("staff.view_job", raise_exception=True)
def job_restart(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        job = restart_job(actor=request.user, job_id=job.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("staff:job_detail", pk=job.pk)


@require_safe
@login_required
@permission_required("staff.view_job", raise_exception=True)
def job_result(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file of a job, for its owner alone: it holds what they may see, which is not what an administrator may."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if job.owner_id != request.user.pk:
        raise PermissionDenied(_("The result of a job is for its owner alone."))
    if not job.result:
        raise Http404(_("This job has left no file, or it has been deleted after %(n)d days.") % {"n": KEPT_DAYS})
    try:
        file = job.result.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file of this job is gone. Start the job again.")) from error
    emit("export", table="staff_job", pk=job.pk, action="staff.job.result_downloaded")
    response = FileResponse(file, as_attachment=True, filename=job.result_name or "result")
    # Whatever the file is called, the browser saves it and never runs it here.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
