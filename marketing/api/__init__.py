from marketing.api.offers import OfferViewSet
from marketing.api.redemptions import RedemptionViewSet
from marketing.api.segments import SegmentViewSet

ROUTES = [
    ("offers", OfferViewSet, "offer"),
    ("redemptions", RedemptionViewSet, "redemption"),
    ("segments", SegmentViewSet, "segment"),
]
