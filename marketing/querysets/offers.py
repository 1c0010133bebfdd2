from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import DecimalField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from staff.models import User

MONEY: DecimalField = DecimalField(max_digits=24, decimal_places=2)


class OfferQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> OfferQuerySet:
        """Offers of the person's business lines, and those of the whole company."""
        if not user.has_perm("marketing.view_offer"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def in_force(self) -> OfferQuerySet:
        """Those that were put in force once; an offer that ended or is stopped is among them."""
        return self.filter(version__isnull=False)

    def with_spending(self) -> OfferQuerySet:
        """Each with what its slots say: `reserved`, `committed`, and `uses`."""
        return self.annotate(
            reserved=self._slots("reserved"),
            committed=self._slots("committed"),
            uses=Coalesce(Subquery(self._sum("uses"), output_field=models.IntegerField()), 0),
        )

    def for_list(self) -> OfferQuerySet:
        return self.with_spending().select_related("line", "owner", "version")

    def _sum(self, field: str) -> models.QuerySet:
        slots = apps.get_model("marketing", "OfferSlot").objects.filter(offer=OuterRef("pk")).order_by()
        return slots.values("offer").annotate(total=Sum(field)).values("total")

    def _slots(self, field: str) -> Coalesce:
        return Coalesce(Subquery(self._sum(field), output_field=MONEY), Value(0), output_field=MONEY)


class OfferVersionQuerySet(models.QuerySet):
    def published(self) -> OfferVersionQuerySet:
        return self.filter(published_at__isnull=False)

    def drafts(self) -> OfferVersionQuerySet:
        return self.filter(published_at__isnull=True)
