from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from surveys.purposes import PURPOSES

if TYPE_CHECKING:
    from staff.models import User


def of_visible_subjects(user: User) -> Q:
    """Those whose subject the person may see, as the rooms above say; of a purpose that nobody registered, none."""
    seen = Q(pk__in=[])
    for purpose in PURPOSES.values():
        seen |= Q(purpose=purpose.name, subject__in=purpose.subjects(user).values("pk"))
    return seen


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> InvitationQuerySet:
        return self.filter(of_visible_subjects(user)) if user.has_perm("surveys.view_response") else self.none()

    def open(self, at: datetime) -> InvitationQuerySet:
        return self.filter(
            Q(response__isnull=True) | Q(response__submitted_at__isnull=True), revoked_at=None, expires_at__gt=at
        )


class ResponseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ResponseQuerySet:
        return self.filter(of_visible_subjects(user)) if user.has_perm("surveys.view_response") else self.none()

    def submitted(self) -> ResponseQuerySet:
        return self.filter(submitted_at__isnull=False)

    def of(self, purpose: str, subject: int) -> ResponseQuerySet:
        return self.filter(purpose=purpose, subject=subject)

    def for_list(self) -> ResponseQuerySet:
        return self.select_related("version__questionnaire", "filled_by").defer("version__document")
