"""Segments as they stand, with the members that their rules have."""

from django.utils import timezone

from marketing.models import Segment
from marketing.services.segment_lists import list_members
from marketing.services.segment_refresh import refresh_segment
from marketing.services.segments import record_segment
from tests.factories.staff import UserFactory

LIVELY = {"field": "lifecycle", "op": "in", "value": ["active"]}


def make_segment(code: str = "lively", *, rule=None, actor=None, at=None, refreshed: bool = False, **fields) -> Segment:
    """A segment by a rule, LIVELY unless another is given; `refreshed` gives it its members."""
    at = at or timezone.now()
    segment = record_segment(
        actor=actor or UserFactory(role="marketing"), code=code, rule=rule or LIVELY, at=at, **{"name": code.title(), **fields}
    )  # fmt: skip
    if refreshed:
        refresh_segment(segment_id=segment.pk, at=at)
        segment.refresh_from_db()
    return segment


def make_list(code: str = "listed", *customers, kind: str = "list", actor=None, at=None, **fields) -> Segment:
    """A list with customers on it."""
    at, actor = at or timezone.now(), actor or UserFactory(role="marketing")
    segment = record_segment(actor=actor, code=code, kind=kind, at=at, **{"name": code.title(), **fields})
    if customers:
        list_members(actor=actor, segment_id=segment.pk, references=[one.reference for one in customers], at=at)
        segment.refresh_from_db()
    return segment
