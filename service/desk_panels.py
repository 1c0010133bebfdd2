"""The sections that this room itself puts beside a ticket: the work on it, its links, its rating."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.actions import Action
from pages.formats import duration
from service.columns import Words
from service.models import Ticket, TicketLink, TicketRating
from service.registries import SidePanel, TicketActions, register_actions, register_side
from staff.models import User


def register() -> None:
    register_side(SidePanel("work", gettext_lazy("Work"), work_panel, "service/work_panel.html", order=30, queries=4))
    register_actions(TicketActions("merge", merge_actions))


def work_panel(user: User, ticket: Ticket) -> dict[str, Any]:
    times = ticket.times.values("by__full_name").annotate(total=Sum("seconds")).order_by("by__full_name")
    rated = TicketRating.objects.filter(ticket=ticket).first() if ticket.rating else None
    return {
        "subtasks": list(ticket.subtasks.select_related("assignee")),
        "links": _links(user, ticket),
        "times": [(row["by__full_name"], duration(row["total"])) for row in times],
        "rating": rated and (rated.rating, Words(user).text(ticket, rated.comment)),
        "may_work": user.has_perm("service.answer_ticket") and not ticket.merged_into_id,
        "url": f"/service/tickets/{ticket.reference}/",
    }


def _links(user: User, ticket: Ticket) -> list[dict[str, Any]]:
    """Links from and to this ticket, of those tickets that the reader sees."""
    seen = Ticket.objects.visible_to(user).values("pk")
    rows = TicketLink.objects.filter(Q(ticket=ticket, other__in=seen) | Q(other=ticket, ticket__in=seen))
    words = Words(user)
    found = []
    for row in rows.select_related("ticket__customer", "other__customer"):
        outward = row.ticket_id == ticket.pk
        other = row.other if outward else row.ticket
        label = row.get_kind_display() if outward else INWARD[row.kind]
        found.append({"label": label, "reference": other.reference, "subject": words.subject(other)})
    return found


INWARD = {
    "related": gettext_lazy("Related to"),
    "duplicate": gettext_lazy("Has the duplicate"),
    "blocks": gettext_lazy("Blocked by"),
}


def merge_actions(user: User, ticket: Ticket) -> list[Action]:
    url = f"/service/tickets/{ticket.reference}/"
    role = None if user.has_perm("service.merge_ticket") else _("Your role does not merge tickets.")
    if ticket.merged_into_id:
        return [Action(_("Part again"), f"{url}unmerge/", "git-branch", post=True).unless(role)]
    return [Action(_("Merge…"), f"{url}merge/", "git-branch", more=True).unless(role)]
