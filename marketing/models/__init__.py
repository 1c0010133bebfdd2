from marketing.models.segments import (
    Segment,
    SegmentKind,
    SegmentMember,
    SegmentSnapshot,
    SegmentUse,
    SegmentVersion,
)

__all__ = [
    "Segment",
    "SegmentKind",
    "SegmentMember",
    "SegmentSnapshot",
    "SegmentUse",
    "SegmentVersion",
]
