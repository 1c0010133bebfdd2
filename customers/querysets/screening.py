from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from customers.querysets.documents import SEALED, OfSeenCustomers

if TYPE_CHECKING:
    from staff.models import User


class WatchListQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> WatchListQuerySet:
        return self if user.has_perm("customers.view_watchlist") else self.none()


class ListVersionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ListVersionQuerySet:
        return self if user.has_perm("customers.view_watchlist") else self.none()

    def for_list(self) -> ListVersionQuerySet:
        return self.select_related("watch_list", "asked_by", "job")


class ListEntryQuerySet(models.QuerySet):
    def in_force(self) -> ListEntryQuerySet:
        """Entries of the versions in force, of lists in use."""
        return self.filter(to_version__isnull=True, watch_list__is_active=True)


class HitQuerySet(OfSeenCustomers):
    """Who may not see hits finds none: no row, no count, no difference."""

    permission = "customers.view_screeninghit"

    def open(self) -> HitQuerySet:
        """Worded as the partial index is."""
        return self.filter(cleared_at__isnull=True, confirmed_at__isnull=True, replaced_by__isnull=True)

    def confirmed(self) -> HitQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def for_list(self) -> HitQuerySet:
        return self.select_related("customer", "entry", "entry__watch_list", "decided_by").defer(*SEALED)
