"""What segments are made up of, noted by day."""

from collections import defaultdict
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from marketing.models import Segment, SegmentSnapshot
from marketing.services.segment_refresh import refresh_all
from marketing.sql import statement

MOST_PARTS = 60  # of one way to divide; smaller ones are left out


def composition_of(segment_id: int, *, day: date) -> dict[str, dict[str, int]]:
    """Return how many members are in each part, the largest first, for each way to divide them."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(statement("segment_composition"), {"segment": segment_id, "day": day})
        for way, part, count in sorted(cursor.fetchall(), key=lambda row: (row[0], -row[2], row[1])):
            if len(found[way]) < MOST_PARTS:
                found[way][part] = count
    return dict(found)


@transaction.atomic
def note_snapshot(*, segment_id: int, day: date, at: datetime) -> SegmentSnapshot:
    """Note a segment as of a day: how many are in, and who came and went since the snapshot before. Again is anew."""
    segment = Segment.objects.select_for_update(of=["self"]).get(pk=segment_id)
    before = segment.snapshots.filter(day__lt=day).order_by("-day").first()
    moved = segment.members.all()
    since = before.at if before else None
    count = moved.standing().count()
    snapshot, _made = SegmentSnapshot.objects.update_or_create(
        segment=segment,
        day=day,
        defaults={
            "count": count,
            "entered": (moved.filter(entered_at__gt=since) if since else moved).count(),
            "left": (moved.filter(left_at__gt=since) if since else moved.exclude(left_at=None)).count(),
            "composition": composition_of(segment.pk, day=day),
            "at": max(at, segment.refreshed_at or at),
        },
    )
    if segment.member_count != count:
        Segment.objects.filter(pk=segment.pk).update(member_count=count)
    return snapshot


def tend_segments(*, business_date: date, at: datetime | None = None) -> int:
    """Refresh all segments in use and note each as of the business date; return how many members came or went."""
    at = at or timezone.now()
    moved = refresh_all(at=at)
    for segment_id in Segment.objects.standing().order_by("pk").values_list("pk", flat=True):
        note_snapshot(segment_id=segment_id, day=business_date, at=at)
    return moved
