from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from service.services.presence import here, newest_message
from service.views.page import visible_ticket


@require_safe
@login_required
@permission_required("service.view_ticket", raise_exception=True)
def ticket_presence(request, reference):
    """Who else has this ticket open, and whether something came in since the page was made."""
    ticket = visible_ticket(request, reference)
    seen = request.GET.get("seen", "")
    others = here(user=request.user, ticket_id=ticket.pk, typing=request.GET.get("typing") == "1", at=timezone.now())
    context = {
        "typing": [name for name, types in others if types],
        "looking": [name for name, types in others if not types],
        "is_newer": seen.isdecimal() and newest_message(ticket.pk) > int(seen[:18]),
        "ticket": ticket,
    }
    return render(request, "service/presence.html", context)
