from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class QuestionnaireQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> QuestionnaireQuerySet:
        return self if user.has_perm("surveys.view_questionnaire") else self.none()

    def in_force(self, purpose: str) -> QuestionnaireQuerySet:
        """Questionnaires of a purpose that have a published version."""
        return self.filter(purpose=purpose, version__isnull=False)

    def for_list(self) -> QuestionnaireQuerySet:
        return self.select_related("owner", "version")
