from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce

from service.querysets.tickets import about

if TYPE_CHECKING:
    from staff.models import User


class ClockQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ClockQuerySet:
        """Clocks of the tickets that the person may see."""
        from service.models import Ticket

        if not user.has_perm("service.view_ticket"):
            return self.none()
        seen = self.filter(is_void=False)
        if not (user.regions or user.business_lines):
            return seen.exclude(ticket__in=about(user))
        return seen.filter(ticket__in=Ticket.objects.visible_to(user))

    def running(self) -> ClockQuerySet:
        return self.filter(met_at__isnull=True, paused_since__isnull=True, is_void=False)

    def unmet(self) -> ClockQuerySet:
        return self.filter(met_at__isnull=True, is_void=False)

    def alarming(self, at: datetime) -> ClockQuerySet:
        """Clocks with a step of the escalation that is due."""
        return self.filter(alarm_at__lte=at)

    def passed(self, at: datetime) -> ClockQuerySet:
        """Clocks that run on past their deadline and are not marked yet."""
        return self.running().filter(breached_at__isnull=True, due_at__lt=at)

    def breached(self) -> ClockQuerySet:
        return self.filter(breached_at__isnull=False, is_void=False)

    def with_cause(self) -> ClockQuerySet:
        """Adds `said`: the cause as an agent chose it, else as it was derived."""
        return self.annotate(said=Coalesce(F("chosen__cause"), F("cause")))

    def for_list(self) -> ClockQuerySet:
        return self.with_cause().select_related("ticket__queue", "ticket__assignee", "policy").defer("ticket__search")
