from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from customers.encryption import email_index, search_indexes
from service.querysets.tickets import about

if TYPE_CHECKING:
    from staff.models import User

WAITING = ("queued", "sending", "handed")


class MailboxQuerySet(models.QuerySet):
    def active(self) -> MailboxQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> MailboxQuerySet:
        return self if user.has_perm("service.view_mailbox") else self.none()

    def for_list(self) -> MailboxQuerySet:
        return self.select_related("queue")


class MailQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MailQuerySet:
        """Mails of tickets in the person's regions and lines, without those of complaints about the person. One of no
        ticket is everybody's who reads the mail log."""
        from service.models import Ticket

        if not user.has_perm("service.view_mail"):
            return self.none()
        seen_by_all = self.exclude(ticket__isnull=False, ticket__in=about(user))
        if not user.regions and not user.business_lines:
            return seen_by_all
        seen = Q(region__in=["", *user.regions]) if user.regions else Q()
        seen &= Q(line__in=["", *user.business_lines]) if user.business_lines else Q()
        return seen_by_all.filter(Q(ticket__isnull=True) | Q(ticket__in=Ticket.objects.filter(seen)))

    def incoming(self) -> MailQuerySet:
        return self.filter(direction="in")

    def outgoing(self) -> MailQuerySet:
        return self.filter(direction="out")

    def numbered(self, message_ids: Sequence[str]) -> MailQuerySet:
        return self.filter(number__in=[one for one in message_ids if one])

    def of_peer(self, address: str) -> MailQuerySet:
        return self.filter(peer_index__in=search_indexes(email_index, address))

    def since(self, at: datetime, span: timedelta) -> MailQuerySet:
        return self.filter(at__gt=at - span)

    def due(self, at: datetime) -> MailQuerySet:
        return self.filter(state="queued", next_at__lte=at, mailbox__is_active=True)

    def silent(self, at: datetime, span: timedelta) -> MailQuerySet:
        """Mails that somebody began to send and never finished."""
        return self.filter(state__in=["sending", "handed"], claimed_at__lt=at - span)

    def for_list(self) -> MailQuerySet:
        return self.select_related("mailbox", "ticket", "ticket__customer").defer(
            "text", "quoted", "ticket__search", "ticket__customer__search"
        )
