"""What this room puts on a customer's page: what is open with them, a tab with all tickets, and the timeline."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.panels import Moments, Panel, Tab, register_moments, register_panel, register_tab
from customers.services.timeline import Moment
from service.columns import Words, due_chip
from service.models import Channel, Ticket, TicketKind
from staff.models import User

SHOWN = 5
VIEW = "service.view_ticket"
ICONS = {
    Channel.PHONE: "phone",
    Channel.CHAT: "message",
    Channel.EMAIL: "mail",
    Channel.APP: "device-mobile",
    Channel.COMMUNITY: "users",
    Channel.VISIT: "building",
    Channel.LETTER: "file-text",
}


def register() -> None:
    register_panel(
        Panel(
            "tickets",
            gettext_lazy("Open tickets and complaints"),
            open_tickets,
            "service/tickets_panel.html",
            VIEW,
            order=1,
        )
    )
    register_tab(Tab("tickets", gettext_lazy("Tickets"), tickets_url, VIEW))
    register_moments(Moments("tickets", ticket_moments, kind="contact", permission=VIEW))


def tickets_url(customer: Customer) -> str:
    return reverse("service:customer_tickets", args=[customer.reference])


def open_tickets(user: User, customer: Customer) -> dict[str, Any] | None:
    """The open tickets of a customer, those due first in front."""
    words = Words(user)
    found = list(
        Ticket.objects.visible_to(user)
        .filter(customer=customer)
        .open()
        .unmerged()
        .for_list()
        .order_by("due_at", "id")[: SHOWN + 1]
    )
    shown = [
        {
            "url": f"/service/tickets/{one.reference}/",
            "reference": one.reference,
            "subject": words.subject(one),
            "is_complaint": one.kind == TicketKind.COMPLAINT,
            "kind": one.get_kind_display(),
            "due": due_chip(one),
        }
        for one in found[:SHOWN]
    ]
    new = reverse("service:ticket_create") if user.has_perm("service.add_ticket") else ""
    may_log = new and user.has_perm("customers.log_contact")
    return {
        "call_url": may_log and f"{reverse('service:call_log')}?customer={customer.reference}",
        "shown": shown,
        "is_more": len(found) > SHOWN,
        "all_url": tickets_url(customer),
        "new_url": new and f"{new}?customer={customer.reference}",
    }


def ticket_moments(customer: Customer, reader: User, limit: int) -> list[Moment]:
    """Each ticket once, when it was opened."""
    words = Words(reader)
    found = (
        Ticket.objects.visible_to(reader)
        .filter(customer=customer)
        .unmerged()
        .for_list()
        .order_by("-opened_at", "-id")[:limit]
    )
    return [
        Moment(
            one.opened_at,
            "contact",
            ICONS.get(Channel(one.channel), "ticket"),
            f"{_('Ticket')} {one.reference}: {words.subject(one)}",
            f"{one.get_kind_display()} · {one.get_status_display()}",
            str(one.assignee or ""),
            tone="red" if one.kind == TicketKind.COMPLAINT else "",
            url=f"/service/tickets/{one.reference}/",
        )
        for one in found
    ]
