from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from staff.models import User

SEES = {"everyone": "customers.view_tag", "care": "customers.view_care_tag", "risk": "customers.view_risk_tag"}
SAYS = {"everyone": "customers.add_customertag", "care": "customers.add_care_tag", "risk": "customers.add_risk_tag"}


def audiences(user: User, permissions: dict[str, str]) -> list[str]:
    return [audience for audience, permission in permissions.items() if user.has_perm(permission)]


class TagQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TagQuerySet:
        return self.filter(audience__in=audiences(user, SEES))

    def sayable_by(self, user: User) -> TagQuerySet:
        """Tags in use that this person may put on a customer."""
        return self.filter(audience__in=audiences(user, SAYS), is_active=True)

    def derived(self) -> TagQuerySet:
        return self.filter(is_active=True).exclude(figure="")


class CustomerTagQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CustomerTagQuerySet:
        """Tags of the audiences that the person belongs to; whether they see the customer is asked elsewhere."""
        return self.filter(tag__audience__in=audiences(user, SEES))

    def standing(self) -> CustomerTagQuerySet:
        return self.filter(ended_at=None)
