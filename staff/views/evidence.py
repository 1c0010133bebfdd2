from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from staff.evidence import BUNDLE, VERIFY
from staff.forms.evidence import BundleForm
from staff.models import Job
from staff.rate_limits import limited
from staff.reauth import recently_authenticated
from staff.services.jobs import start_job


@require_POST
@login_required
@permission_required("audit.verify_event", raise_exception=True)
def verification_start(request: HttpRequest) -> HttpResponse:
    """Have the whole log verified now; one at a time is enough for everybody."""
    going = Job.objects.going(VERIFY).first()
    if going is None:
        job = start_job(actor=request.user, kind=VERIFY, title=_("Verification of the log"), at=timezone.now())
        return redirect("staff:job_detail", pk=job.pk)
    if going.owner_id == request.user.pk:
        return redirect("staff:job_detail", pk=going.pk)
    messages.info(request, _("%(who)s is having the log verified already: see the result here.") % {"who": going.owner})
    return redirect("audit:verification_list")


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("audit.export_event", raise_exception=True)
@limited("export", when=lambda request: request.method == "POST")
@recently_authenticated
def evidence_export(request: HttpRequest) -> HttpResponse:
    """Some days of the log as a file that verifies on another machine."""
    form = BundleForm(request.POST or None, cancel_url=reverse("audit:checkpoint_list"))
    if form.is_valid():
        days = {end: str(form.cleaned_data[end]) for end in ("first", "last")}
        title = _("Evidence from %(first)s to %(last)s") % days
        job = start_job(actor=request.user, kind=BUNDLE, title=title, parameters=days, at=timezone.now())
        return redirect("staff:job_detail", pk=job.pk)
    return render(request, "staff/evidence_form.html", {"form": form}, status=422 if form.errors else 200)
