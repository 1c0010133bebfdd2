from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from service.columns import Words
from service.filters.tickets import TicketFilter
from service.models import Ticket
from staff.exports import Export
from staff.jobs import JobFailed
from staff.models import User

BATCH = 2_000


class _Asker:
    """Who asks, as a filter knows it."""

    def __init__(self, user: User) -> None:
        self.user = user


def tickets_export(user: User, parameters: dict[str, Any]) -> Export:
    """Tickets that match the filters of the list, as `user` may read them; without customers whose data is restricted."""
    seen = Ticket.objects.visible_to(user).unmerged().exclude(customer__restricted_at__isnull=False)
    asked = TicketFilter(QueryDict(parameters.get("query", "")), queryset=seen, request=_Asker(user))
    if not asked.is_valid():
        raise JobFailed(_("The filters of this selection cannot be read: go back to the list and select again."))
    columns = [
        _("Ticket no."), _("Subject"), _("Customer no."), _("Kind"), _("Channel"), _("Status"), _("Priority"), _("Queue"),
        _("Agent"), _("Line"), _("Tags"), _("Opened"), _("First answered"), _("Resolved"), _("Due"), _("Rating"),
    ]  # fmt: skip
    rows = (
        asked.qs.select_related("customer", "queue", "assignee")
        .defer("search", "customer__search", "contact")
        .order_by("id")
    )
    return Export("tickets", columns, _rows(rows, Words(user)), asked.qs.count())


def _rows(rows: Any, words: Words) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(BATCH):
        yield (
            row.reference,
            words.subject(row),
            row.customer.reference if row.customer else "",
            row.get_kind_display(),
            row.get_channel_display(),
            row.get_status_display(),
            row.get_priority_display(),
            str(row.queue or ""),
            str(row.assignee or ""),
            row.line,
            ", ".join(row.tags),
            row.opened_at,
            row.first_answered_at,
            row.resolved_at,
            row.due_at,
            row.rating,
        )
