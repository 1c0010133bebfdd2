from marketing.api.campaigns import CampaignViewSet
from marketing.api.inbox import InboxViewSet, ProviderViewSet
from marketing.api.messages import ClaimViewSet, DisclosureViewSet, ForbiddenWordViewSet, MessageViewSet
from marketing.api.offers import OfferViewSet
from marketing.api.redemptions import RedemptionViewSet
from marketing.api.segments import SegmentViewSet

ROUTES = [
    ("campaigns", CampaignViewSet, "campaign"),
    ("messages", MessageViewSet, "message"),
    ("claims", ClaimViewSet, "claim"),
    ("forbidden-words", ForbiddenWordViewSet, "forbidden-word"),
    ("disclosures", DisclosureViewSet, "disclosure"),
    ("providers", ProviderViewSet, "provider"),
    ("inbox", InboxViewSet, "inbox"),
    ("offers", OfferViewSet, "offer"),
    ("redemptions", RedemptionViewSet, "redemption"),
    ("segments", SegmentViewSet, "segment"),
]
