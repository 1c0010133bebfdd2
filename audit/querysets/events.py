from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from audit.confidential import hidden_from
from audit.rules.request_ids import time_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, PermissionsMixin


class EventQuerySet(models.QuerySet):
    def of_record(self, table: str, pk: str | int) -> EventQuerySet:
        return self.filter(table_name=table, pk_text=str(pk))

    def of_records(self, table: str, keys: Sequence[str], fields: Collection[str] = ()) -> EventQuerySet:
        """Events of several records of one table; of their updates only those in which one of `fields` changed, where
        fields are named.
        """
        found = self.filter(table_name=table, pk_text__in=keys)
        return found.filter(Q(changed__overlap=list(fields)) | ~Q(kind="update")) if fields else found

    def changes(self) -> EventQuerySet:
        """Events by which something became different: no reads, refusals and visits."""
        return self.filter(kind__in=["insert", "update", "delete", "truncate", "batch"])

    def by_actors(self, actor_ids: Sequence[int]) -> EventQuerySet:
        return self.filter(actor_id__in=actor_ids)

    def touching(self, fields: Sequence[str]) -> EventQuerySet:
        """Updates in which one of `fields` changed."""
        return self.filter(changed__overlap=list(fields))

    def of_request(self, request: UUID) -> EventQuerySet:
        """Events of one request or task. Its id tells when it began; none lasts longer than a day."""
        began = time_of(request)
        return self.filter(request=request, at__gte=began - timedelta(minutes=1), at__lt=began + timedelta(days=1))

    # The indexes over labels and actions leave out what has none, and are used only where the question does too.

    def labelled(self, beginning: str) -> EventQuerySet:
        """Events of tasks and commands whose label begins so, such as `task:`."""
        return self.exclude(actor_label="").filter(actor_label__startswith=beginning)

    def named(self, beginning: str) -> EventQuerySet:
        """Events of actions whose name begins so, such as `customers.export`."""
        return self.exclude(action="").filter(action__startswith=beginning)

    def unattributed(self) -> EventQuerySet:
        return self.filter(unattributed=True)

    def visible_to(self, user: PermissionsMixin | AnonymousUser) -> EventQuerySet:
        """The whole log for those who read it, but for rows whose very being is kept from them (`audit.confidential`)."""
        if not user.has_perm("audit.view_event"):
            return self.none()
        hidden = hidden_from(user)
        return self.exclude(table_name__in=hidden) if hidden else self

    def for_list(self) -> EventQuerySet:
        return self.order_by("-at", "-id")
