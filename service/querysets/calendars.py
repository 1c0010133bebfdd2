from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class CalendarQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CalendarQuerySet:
        return self if user.has_perm("service.view_businesscalendar") else self.none()

    def short_of(self, first: date, last: date) -> CalendarQuerySet:
        """Calendars whose openings are not laid out for all days from `first` to `last`."""
        unknown = Q(laid_from__isnull=True) | Q(laid_until__isnull=True)
        return self.filter(unknown | Q(laid_from__gt=first) | Q(laid_until__lt=last))
