"""Segments as rules over customers find them: who is in now."""

from collections.abc import Collection

from customers.criteria.named_segments import SegmentSource, register_segments
from marketing.models import Segment

MEMBERS = (
    "EXISTS (SELECT FROM marketing_segmentmember sm WHERE sm.customer_id = c.id AND sm.left_at IS NULL"
    " AND sm.segment_id = (SELECT sg.id FROM marketing_segment sg WHERE sg.code = %s))"
)


def names_of(codes: Collection[str]) -> dict[str, str]:
    return dict(Segment.objects.filter(code__in=codes).values_list("code", "name"))


def register() -> None:
    register_segments(SegmentSource(names_of, MEMBERS))
