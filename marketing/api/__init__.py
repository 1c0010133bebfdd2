from marketing.api.segments import SegmentViewSet

ROUTES = [
    ("segments", SegmentViewSet, "segment"),
from marketing.api.offers import OfferViewSet
from marketing.api.redemptions import RedemptionViewSet

ROUTES = [
    ("offers", OfferViewSet, "offer"),
    ("redemptions", RedemptionViewSet, "redemption"),
]
