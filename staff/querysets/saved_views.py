from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class SavedViewQuerySet(models.QuerySet):
    def of_page(self, page: str) -> SavedViewQuerySet:
        return self.filter(page=page)

    def visible_to(self, user: User) -> SavedViewQuerySet:
        return self.filter(Q(owner=user) | Q(audience="public") | Q(audience="team", team__in=user.teams.values("pk")))
