import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.columns import nightly_columns, step_columns, step_rows
from operations.forms.nightly import NightlyForm
from operations.models import NightlyRun
from operations.rules.nightly import business_date_at
from operations.services.nightly import ask_for_run, ask_to_go_on, hurdle_to_going_on, hurdle_to_starting, is_dead
from operations.services.nightly_stamp import stamp
from pages.actions import Action
from pages.columns import opens
from pages.keyset import keyset_page

PERMITTED = permission_required("operations.view_nightlyrun", raise_exception=True)
MAY_START = permission_required("operations.start_nightlyrun", raise_exception=True)
FRESH_EVERY = 5  # seconds after which a running run is drawn again though no step has ended


@require_safe
@login_required
@PERMITTED
def nightly_list(request):
    runs = NightlyRun.objects.visible_to(request.user).for_list()
    page = keyset_page(runs, order=["-started_at", "-id"], cursor=request.GET.get("cursor"), size=25)
    newest = page.rows[0] if page.rows and page.previous is None else None
    return render(
        request,
        "operations/nightly_list.html",
        {
            "page": page,
            "columns": nightly_columns(),
            "actions": _list_actions(request.user),
            "row_url": opens(lambda run: reverse("operations:nightly_detail", args=[run.pk])),
            **(_live(request, newest) if newest else {}),
        },
    )


@require_safe
@login_required
@PERMITTED
def nightly_detail(request, pk):
    run = _run(request, pk)
    return render(request, "operations/nightly_detail.html", _live(request, run))


@require_safe
@login_required
@PERMITTED
def nightly_live(request, pk):
    """What is new about a run since the reader's stamp; 204, and no query about runs, where nothing is."""
    if request.GET.get("since") == _stamp():
        return HttpResponse(status=204)
    return render(request, "operations/nightly_detail.html#live", _live(request, _run(request, pk)))


@require_http_methods(["GET", "POST"])
@login_required
@MAY_START
def nightly_start(request):
    initial = {"business_date": business_date_at(timezone.now(), settings.TIME_ZONE)}
    form = NightlyForm(request.POST or None, initial=initial, cancel_url=reverse("operations:nightly_list"))
    if form.is_valid():
        try:
            ask_for_run(actor=request.user, **form.cleaned_data)
            messages.success(request, _("The run has been asked for; a worker takes it up in a moment."))
            return redirect("operations:nightly_list")
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "operations/nightly_start.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@login_required
@MAY_START
def nightly_go_on(request, pk):
    run = _run(request, pk)
    try:
        ask_to_go_on(actor=request.user, run=run)
        messages.success(request, _("The run goes on as soon as a worker is free."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("operations:nightly_detail", pk=run.pk)


def _run(request, pk):
    return get_object_or_404(NightlyRun.objects.visible_to(request.user).for_list(), pk=pk)


def _stamp():
    return f"{stamp()}-{int(time.time()) // FRESH_EVERY}"


def _live(request, run):
    dead = is_dead(run)
    hurdle = hurdle_to_going_on(run) if request.user.has_perm("operations.start_nightlyrun") else ""
    return {
        "run": run,
        "dead": dead,
        "since": _stamp(),
        "steps": step_rows(run, dead, timezone.now()),
        "step_columns": step_columns(),
        "may_go_on": request.user.has_perm("operations.start_nightlyrun") and not hurdle,
    }


def _list_actions(user):
    start = Action(_("Run now"), reverse("operations:nightly_start"), "player-play", primary=True)
    if not user.has_perm("operations.start_nightlyrun"):
        return [start.unless(_("Your role does not allow this."))]
    return [start.unless(hurdle_to_starting())]
