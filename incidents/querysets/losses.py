from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Abs, Coalesce

if TYPE_CHECKING:
    from staff.models import User

MONEY: DecimalField = DecimalField(max_digits=24, decimal_places=2)


class LossQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> LossQuerySet:
        """Losses of the person's business lines, and those of the whole company."""
        if not user.has_perm("incidents.view_lossevent"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def with_sums(self) -> LossQuerySet:
        """Each with gross, recoveries, insurance and net, and `unmatched`: what no transaction explains."""
        sums = {kind: self._sum(Q(kind=kind)) for kind in ("gross", "recovery", "insurance")}
        return self.annotate(**sums, unmatched=self._sum(Q()) - self._matched()).annotate(
            net=F("gross") - F("recovery") - F("insurance")
        )

    def for_list(self) -> LossQuerySet:
        return self.with_sums().select_related("line", "risk", "incident", "recorded_by", "basel_type__parent")

    def _entries(self) -> models.QuerySet:
        return apps.get_model("incidents", "LossEntry").objects.filter(loss=OuterRef("pk"))

    def _sum(self, which: Q) -> Coalesce:
        rows = self._entries()
        if which:
            rows, total = rows.filter(which), Sum("amount")
        else:  # what was taken back, and what took it back, need no transaction
            rows, total = rows.filter(reverses__isnull=True, reversed_by__isnull=True), Sum(Abs("amount"))
        return _or_zero(rows.order_by().values("loss").annotate(total=total).values("total"))

    def _matched(self) -> Coalesce:
        rows = self._entries().filter(reverses__isnull=True, reversed_by__isnull=True).order_by()
        return _or_zero(rows.values("loss").annotate(total=Sum(Abs("matches__amount"))).values("total"))


def _or_zero(rows: models.QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=MONEY), Value(Decimal(0)), output_field=MONEY)
