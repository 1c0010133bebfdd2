from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Count, F, Q

if TYPE_CHECKING:
    from staff.models import User


class ChatQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ChatQuerySet:
        """Chats whose tickets the person sees, for those who answer tickets."""
        if not user.has_perm("service.answer_ticket"):
            return self.none()
        tickets = apps.get_model("service", "Ticket").objects
        return self.filter(ticket__in=tickets.visible_to(user))

    def open(self) -> ChatQuerySet:
        return self.exclude(state="ended")

    def waiting(self) -> ChatQuerySet:
        """Who waits for an agent, the longest wait first."""
        return self.filter(state="waiting").order_by("waiting_since", "id")

    def with_agent(self, user: User) -> ChatQuerySet:
        return self.filter(agent=user, state="active").order_by("id")

    def in_queues_of(self, user: User) -> ChatQuerySet:
        """Those in queues that the person works in, and those in none."""
        return self.filter(Q(ticket__queue=None) | Q(ticket__queue__members__agent__user=user))

    def unseen_since(self, at: datetime) -> ChatQuerySet:
        """Chats that are not over, whose visitor has shown no sign of life since."""
        return self.open().filter(seen_at__lt=at)

    def for_list(self) -> ChatQuerySet:
        unread = Count(
            "ticket__messages",
            filter=Q(ticket__messages__direction="in", ticket__messages__id__gt=F("read_up_to")),
        )
        return (
            self.select_related("ticket", "ticket__customer", "ticket__queue", "agent")
            .defer("ticket__search", "ticket__customer__search")
            .annotate(unread=unread)
        )
