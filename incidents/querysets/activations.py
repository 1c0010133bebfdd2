from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User


class ActivationQuerySet(models.QuerySet):
    def open(self) -> ActivationQuerySet:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: User) -> ActivationQuerySet:
        """Activations of the plans that the person sees."""
        from incidents.models import Plan

        return self.filter(plan__in=Plan.objects.visible_to(user))

    def for_list(self) -> ActivationQuerySet:
        return self.select_related("plan", "version", "case", "activated_by").order_by("-activated_at", "-id")
