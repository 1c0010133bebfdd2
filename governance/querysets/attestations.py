from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class AttestationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AttestationQuerySet:
        """One's own; whoever oversees them sees those of all policies of their lines."""
        from governance.models import Policy

        if not user.has_perm("governance.view_attestation"):
            return self.none()
        if user.has_perm("governance.oversee_attestation"):
            return self.filter(version__policy__in=Policy.objects.visible_to(user))
        return self.filter(person=user)

    def current(self, at: date) -> AttestationQuerySet:
        """Those of versions in force, of people who still work here and belong to the audience."""
        from governance.models import PolicyVersion

        versions = PolicyVersion.objects.in_force(at).values("pk")
        return self.filter(version__in=versions, person__is_active=True, left_on__isnull=True)

    def waiting(self, at: date) -> AttestationQuerySet:
        return self.current(at).filter(confirmed_at__isnull=True)

    def overdue(self, at: date) -> AttestationQuerySet:
        return self.waiting(at).filter(due_on__lt=at)

    def for_list(self) -> AttestationQuerySet:
        return self.select_related("version__policy", "person")
