from marketing.api.campaigns import CampaignViewSet
from marketing.api.inbox import InboxViewSet, ProviderViewSet
from marketing.api.messages import ClaimViewSet, MessageViewSet

ROUTES = [
    ("campaigns", CampaignViewSet, "campaign"),
    ("messages", MessageViewSet, "message"),
    ("claims", ClaimViewSet, "claim"),
    ("providers", ProviderViewSet, "provider"),
    ("inbox", InboxViewSet, "inbox"),
]
