from marketing.models.campaigns import (
    Campaign,
    CampaignKind,
    CampaignState,
    CampaignTask,
    CampaignVariant,
    Conversion,
    Every,
    Tracking,
)
from marketing.models.contact_rules import ContactCode, ContactRule
from marketing.models.inbox import InboxMessage
from marketing.models.messages import Message, MessageText  # STUB
from marketing.models.offers import Offer  # STUB
from marketing.models.providers import Provider, ProviderKind, ProviderPace, SendChannel
from marketing.models.recipients import (
    CampaignRound,
    Delivery,
    DeliveryState,
    Exclusion,
    Recipient,
    Response,
    ResponseKind,
    Send,
    SendOutcome,
)
from marketing.models.segments import Segment, SegmentMember  # STUB
from marketing.models.signoffs import SignOff, SignOffState

__all__ = [
    "Campaign", "CampaignKind", "CampaignRound", "CampaignState", "CampaignTask", "CampaignVariant", "ContactCode",
    "ContactRule", "Conversion", "Delivery", "DeliveryState", "Every", "Exclusion", "InboxMessage", "Provider", "ProviderKind",
    "ProviderPace", "Recipient", "Response", "ResponseKind", 
    "Send", "SendChannel", "SendOutcome", "SignOff", "SignOffState",
    "Tracking",
]  # fmt: skip
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
