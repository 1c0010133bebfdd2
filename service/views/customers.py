from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.views.frame import frame, visible_customer
from pages.actions import Action
from pages.columns import opens
from service.columns import ticket_columns
from service.models import Ticket
from service.registries import fetched_for_list
from service.views.page import ticket_url

SHOWN = 200


@require_safe
@login_required
@permission_required("service.view_ticket", raise_exception=True)
def customer_tickets(request, reference):
    """All tickets of a customer, newest first."""
    customer, user = visible_customer(request, reference, "tickets"), request.user
    tickets = Ticket.objects.visible_to(user).filter(customer=customer).unmerged().for_rows()
    to_new = f"{reverse('service:ticket_create')}?customer={customer.reference}"
    may = None if user.has_perm("service.add_ticket") else _("Your role does not open tickets.")
    return render(
        request,
        "service/customer_tickets.html",
        {
            **frame(request, customer, "tickets"),
            "rows": fetched_for_list(user, tickets).order_by("-opened_at", "-id")[:SHOWN],
            "columns": [column for column in ticket_columns(user) if column.key != "customer" and column.default],
            "row_url": opens(ticket_url),
            "acts": [Action(_("New ticket"), to_new, "plus", primary=True, key="n").unless(may)],
        },
    )
