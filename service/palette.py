from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from service.columns import Words
from service.models import Ticket
from staff.palette import Hit


def find_tickets(user: Any, text: str, limit: int) -> Iterable[Hit]:
    """Tickets by number, by their customer's number or by words of their subject; the newest first."""
    words = Words(user)
    found = (
        Ticket.objects.visible_to(user)
        .unmerged()
        .matching(text)
        .select_related("customer")
        .order_by("-opened_at", "-id")
    )
    return [
        Hit(words.subject(one), one.reference, f"/service/tickets/{one.reference}/", "ticket", _("Tickets"))
        for one in found[:limit]
    ]
