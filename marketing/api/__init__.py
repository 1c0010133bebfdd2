from marketing.api.segments import SegmentViewSet

ROUTES = [
    ("segments", SegmentViewSet, "segment"),
]
