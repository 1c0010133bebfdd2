from marketing.models.abuse import AbuseRule, AbuseScore
from marketing.models.accruals import AccrualEntry, ExpectedRate, PostingKind
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
from marketing.models.coupons import Coupon, CouponBatch, CouponUse, CustomerUse
from marketing.models.inbox import InboxMessage
from marketing.models.messages import Click, Language, Link, Message, MessageChannel, MessageText
from marketing.models.offers import Offer, OfferKind, OfferSlot, OfferVersion, StackBase, StackWith
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
from marketing.models.red_packets import RedPacket, RedPacketShare
from marketing.models.redemptions import EntryKind, Redemption, RedemptionEntry, RedemptionState, State
from marketing.models.segments import Segment, SegmentKind, SegmentMember, SegmentSnapshot, SegmentUse, SegmentVersion
from marketing.models.signoffs import SignOff, SignOffState
from marketing.models.value_rules import ValueCode, ValueRule

__all__ = [
    "AbuseRule", "AbuseScore", "AccrualEntry", "Campaign", "CampaignKind", "CampaignRound", "CampaignState",
    "CampaignTask", "CampaignVariant", "Claim", "Click", "ContactCode", "ContactRule", "Conversion", "Coupon",
    "CouponBatch", "CouponUse", "CustomerUse", "Delivery", "DeliveryState", "Disclosure", "EntryKind", "Every",
    "Exclusion", "ExpectedRate", "ForbiddenWord", "InboxMessage", "Language", "Link", "Message", "MessageChannel",
    "MessageText", "Offer", "OfferKind", "OfferSlot", "OfferVersion", "PostingKind", "Provider", "ProviderKind",
    "ProviderPace", "Recipient", "RedPacket", "RedPacketShare", "Redemption", "RedemptionEntry", "RedemptionState",
    "Response", "ResponseKind", "Segment", "SegmentKind", "SegmentMember", "SegmentSnapshot", "SegmentUse",
    "SegmentVersion", "Send", "SendChannel", "SendOutcome", "SignOff", "SignOffState", "StackBase", "StackWith",
    "State", "Tracking", "ValueCode", "ValueRule",
]  # fmt: skip
