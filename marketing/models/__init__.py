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
from marketing.models.content_rules import Claim, Disclosure, ForbiddenWord
from marketing.models.inbox import InboxMessage
from marketing.models.messages import Click, Language, Link, Message, MessageChannel, MessageText
from marketing.models.offers import Offer
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
from marketing.models.segments import Segment, SegmentKind, SegmentMember, SegmentSnapshot, SegmentUse, SegmentVersion
from marketing.models.signoffs import SignOff, SignOffState

__all__ = [
    "MessageChannel",
    "Link",
    "Language",
    "ForbiddenWord",
    "Disclosure",
    "Click",
    "Claim",
    "Campaign", "CampaignKind", "CampaignRound", "CampaignState", "CampaignTask", "CampaignVariant", "ContactCode", "ContactRule", "Conversion", "Delivery", "DeliveryState", "Every", "Exclusion", "InboxMessage", "Message", "MessageText", "Offer", "Provider", "ProviderKind", "ProviderPace", "Recipient", "Response", "ResponseKind", "Segment", "SegmentKind", "SegmentMember", "SegmentSnapshot", "SegmentUse", "SegmentVersion", "Send", "SendChannel", "SendOutcome", "SignOff", "SignOffState", "Tracking",
]  # fmt: skip
