from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pages.columns import opens
from service.columns import ticket_columns
from service.forms.desk import AvailabilityForm
from service.models import Agent, Ticket
from service.registries import fetched_for_list
from service.services.assignment import set_availability
from service.services.home import boxes_of, ratings_of
from service.views.page import ticket_url

SHOWN = 10
KEYS = ("reference", "subject", "customer", "status", "priority", "due")


@require_safe
@login_required
@permission_required("service.view_ticket", raise_exception=True)
def agent_home(request):
    """What an agent comes to in the morning: theirs, what breaches, what nobody has, what customers said of them."""
    user, now = request.user, timezone.now()
    mine = Ticket.objects.visible_to(user).open().of(user).for_rows()
    context = {
        "boxes": boxes_of(user, now),
        "mine": fetched_for_list(user, mine).order_by("due_at", "id")[:SHOWN],
        "columns": [column for column in ticket_columns(user) if column.key in KEYS],
        "row_url": opens(ticket_url),
        "agent": Agent.objects.filter(user=user).first(),
        "ratings": ratings_of(user, now),
    }
    return render(request, "service/agent_home.html", context)


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def availability(request):
    form = AvailabilityForm(request.POST)
    available = form.is_valid() and form.cleaned_data["available"]
    agent = set_availability(actor=request.user, available=available, at=timezone.now())
    if agent is None:
        messages.error(request, _("You are not among the agents: a lead adds you."))
    return redirect("service:agent_home")
