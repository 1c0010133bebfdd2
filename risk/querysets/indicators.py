from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import RowNumber

if TYPE_CHECKING:
    from risk.models import Indicator
    from staff.models import User


class IndicatorQuerySet(models.QuerySet):
    def active(self) -> IndicatorQuerySet:
        return self.filter(is_active=True)

    def measured(self) -> IndicatorQuerySet:
        return self.active().filter(source="measure")

    def stale(self, at: date) -> IndicatorQuerySet:
        """Active indicators whose latest reading is older than they allow on `at`, or that were never read."""
        oldest = models.ExpressionWrapper(
            models.Value(at, models.DateField()) - F("stale_after_days"), output_field=models.DateField()
        )
        return self.active().filter(Q(latest__isnull=True) | Q(latest__day__lt=oldest))

    def visible_to(self, user: User) -> IndicatorQuerySet:
        if not user.has_perm("risk.view_indicator"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> IndicatorQuerySet:
        return self.select_related("line", "owner", "latest")


class ReadingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ReadingQuerySet:
        """Readings of the indicators that the person sees."""
        from risk.models import Indicator  # its module imports this one

        return self.filter(indicator__in=Indicator.objects.visible_to(user))

    def last_of_each_day(self) -> ReadingQuerySet:
        """The reading that counts for each day of each indicator: the one taken last."""
        return self.order_by("indicator_id", "-day", "-taken_at", "-id").distinct("indicator_id", "day")

    def last_values(self, indicators: Iterable[Indicator], *, most: int) -> dict[int, list[Decimal | None]]:
        """Return the values of the last `most` days of each indicator by its id, oldest first; one query for all."""
        found: dict[int, list[Decimal | None]] = defaultdict(list)
        daily = self.filter(indicator__in=[indicator.pk for indicator in indicators]).last_of_each_day()
        places = models.Window(RowNumber(), partition_by="indicator_id", order_by="-day")
        recent = self.filter(pk__in=daily.values("pk")).annotate(place=places).filter(place__lte=most)
        for pk, value in recent.order_by("day").values_list("indicator_id", "value"):
            found[pk].append(value)
        return found

    def for_list(self) -> ReadingQuerySet:
        return self.select_related("read_by").order_by("-day", "-taken_at", "-id")
