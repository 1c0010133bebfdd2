from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class EventQuerySet(models.QuerySet):
    def of_record(self, table: str, pk: str | int) -> EventQuerySet:
        return self.filter(table_name=table, pk_text=str(pk))

    def by_actor(self, actor_id: int) -> EventQuerySet:
        return self.filter(actor_id=actor_id)

    def touching(self, field: str) -> EventQuerySet:
        """Updates in which `field` changed."""
        return self.filter(changed__contains=[field])

    def unattributed(self) -> EventQuerySet:
        return self.filter(unattributed=True)

    def visible_to(self, user: AbstractBaseUser) -> EventQuerySet:
        return self if user.has_perm("audit.view_event") else self.none()

    def for_list(self) -> EventQuerySet:
        return self.order_by("-at", "-id")
