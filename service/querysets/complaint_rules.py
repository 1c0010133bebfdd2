from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from customers.querysets.dated import DatedQuerySet, M, nearest

if TYPE_CHECKING:
    from service.models import ComplaintRule

SAME = {"UK": "GB"}  # the country's own code, and the one that products are tagged with


class OfComplaintsQuerySet(DatedQuerySet[M]):
    seen_with = "service.view_complaint"


class ComplaintRuleQuerySet(OfComplaintsQuerySet["ComplaintRule"]):
    def the_one(
        self, step: str, jurisdiction: str, day: date, *, line: str = "", authority: str = ""
    ) -> ComplaintRule | None:
        """The rule in force: the jurisdiction's own before its union's before everybody's; there, the line's and the
        authority's own before that of all."""
        law = jurisdiction.strip().upper()
        chain, nearness = nearest(SAME.get(law, law))
        found = self.in_force(day).filter(
            step=step, jurisdiction__in=chain, line__in=["", line], authority__in=["", authority]
        )
        return found.order_by(nearness, "-line", "-authority", "-valid_from").first()
