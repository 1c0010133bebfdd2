from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pages.lists import selection
from service.filters.tickets import TicketFilter
from service.forms.bulk import BulkForm
from service.models import Ticket
from service.services.bulk import MOST_AT_ONCE, change_many
from staff.exports import start_export
from staff.rate_limits import limited
from staff.reauth import recently_authenticated

TRIED, DONE = "try", "do"


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def ticket_bulk(request):
    """Ask what is to change of the chosen tickets, show what would happen, then do it."""
    try:
        chosen = selection(request, TicketFilter, Ticket.objects.visible_to(request.user).unmerged())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("service:ticket_list")
    tickets = list(chosen.select_related("assignee", "queue", "customer")[: MOST_AT_ONCE + 1])
    if not 1 <= len(tickets) <= MOST_AT_ONCE:
        messages.error(request, _("Choose 1 to %(n)d tickets.") % {"n": MOST_AT_ONCE})
        return redirect("service:ticket_list")
    step = request.POST.get("step", "")
    form = BulkForm(request.POST if step else None, user=request.user)
    outcome = None
    if step and form.is_valid():
        outcome = change_many(
            actor=request.user, tickets=tickets, wish=form.cleaned_data, at=timezone.now(), dry_run=step != DONE
        )
        if step == DONE:
            n = len(outcome.changed)
            messages.success(request, ngettext("%(n)d ticket changed.", "%(n)d tickets changed.", n) % {"n": n})
            return redirect("service:ticket_list")
    context = {"form": form, "outcome": outcome, "n": len(tickets), "ids": request.POST.getlist("ids"), "all": request.POST.get("all", ""),
               "query": request.POST.get("query", "")}  # fmt: skip
    return render(request, "service/ticket_bulk.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@permission_required("service.export_ticket", raise_exception=True)
@limited("export")
@recently_authenticated
def ticket_export(request):
    """Ask for the tickets that match the list's filters as a file; it waits in the jobs."""
    asked = {"query": request.POST.get("query", ""), "format": request.POST.get("format", "csv")}
    try:
        job = start_export(
            actor=request.user, kind="service.tickets", title=_("Tickets"), parameters=asked, at=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(reverse("service:ticket_list"))
    return redirect("staff:job_detail", job.pk)
