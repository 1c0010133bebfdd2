from marketing.api.campaigns import CampaignViewSet
from marketing.api.inbox import InboxViewSet, ProviderViewSet

ROUTES = [
    ("campaigns", CampaignViewSet, "campaign"),
    ("providers", ProviderViewSet, "provider"),
    ("inbox", InboxViewSet, "inbox"),
]
