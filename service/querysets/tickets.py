from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Q

from customers.rules.search import REFERENCE, prefix_query, read_search
from service.rules.search import subject_words, ticket_reference

if TYPE_CHECKING:
    from staff.models import User

ENDED = ("resolved", "closed")
OPEN = Q(closed_at=None, resolved_at=None, merged_into=None)  # what the partial indexes hold
# What a row of a list shows; a cell that reads more adds it here, or costs a query for each row.
ROW = (
    "reference", "subject", "kind", "channel", "status", "priority", "due_at", "line", "tags", "rating",
    "last_message_at", "opened_at", "customer__reference", "customer__name", "customer__restricted_at", "queue__name",
    "assignee__full_name", "assignee__email",
)  # fmt: skip


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TicketQuerySet:
        """Tickets of the customers that the person sees, in their business lines. One of nobody the company knows is
        of whoever works in its queue or has it; without a queue, of everybody in its line. A complaint about the person
        is none of theirs."""
        if not user.has_perm("service.view_ticket"):
            return self.none()
        seen = self.not_about(user)
        if not user.regions and not user.business_lines:
            return seen
        return seen.filter(_linked(user) | _unlinked(user))

    def not_about(self, user: User) -> TicketQuerySet:
        """Without the complaints about a person, whatever their scope is."""
        # NOT IN a handful of keys, and not an anti-join: the list is then still read in the order of its index.
        return self.exclude(pk__in=about(user))

    def open(self) -> TicketQuerySet:
        """Tickets that somebody still has to do something for."""
        return self.filter(OPEN)

    def unassigned(self) -> TicketQuerySet:
        return self.filter(assignee__isnull=True)

    def of(self, user: User) -> TicketQuerySet:
        return self.filter(assignee=user)

    def overdue(self, at: datetime) -> TicketQuerySet:
        return self.open().filter(due_at__lt=at)

    def due_between(self, at: datetime, until: datetime) -> TicketQuerySet:
        return self.open().filter(due_at__gte=at, due_at__lt=until)

    def unmerged(self) -> TicketQuerySet:
        return self.filter(Q(merged_into__isnull=True))

    def matching(self, text: str) -> TicketQuerySet:
        """Tickets found by their own number, by their customer's, or by words of their subject."""
        text = " ".join(text.replace("\x00", "").split())
        if not text:
            return self
        if reference := ticket_reference(text):
            return self.filter(reference=reference)
        if REFERENCE.fullmatch(text):
            return self.filter(customer__reference=read_search(text).reference)
        words = subject_words(text)
        sought = SearchQuery(prefix_query(words), search_type="raw", config="simple") if words else None
        return self.filter(search=sought) if sought else self.none()

    def for_rows(self) -> TicketQuerySet:
        """Tickets with the columns that rows of lists show, and no more: fifty whole customers cost more than the rest of
        the page."""
        return self.select_related("customer", "queue", "assignee").only("customer", "queue", "assignee", *ROW)

    def for_list(self) -> TicketQuerySet:
        return self.select_related("customer", "queue", "assignee", "product").defer("search", "customer__search")


def about(user: User) -> models.QuerySet:
    """The keys of the tickets whose complaints are about a person."""
    from service.models import ComplaintSubject

    return ComplaintSubject.objects.filter(user=user).values("complaint__ticket")


def _linked(user: User) -> Q:
    """Tickets of visible customers: the region stands on the ticket; where it names no line, the customer's count."""
    known = Q(customer__isnull=False)
    if user.regions:
        known &= Q(region__in=user.regions)
    if user.business_lines:
        lines = list(user.business_lines)
        known &= Q(customer__lines__overlap=lines) & (Q(line="") | Q(line__in=lines))
    return known


def _unlinked(user: User) -> Q:
    from service.models import QueueMember

    own = Q(assignee=user) | Q(queue__in=QueueMember.objects.filter(agent__user=user).values("queue"))
    lines = Q(line__in=["", *user.business_lines]) if user.business_lines else Q()
    return Q(customer__isnull=True) & (own | (Q(queue__isnull=True) & lines))
