from marketing.models.abuse import AbuseRule, AbuseScore
from marketing.models.accruals import AccrualEntry, ExpectedRate, PostingKind
from marketing.models.coupons import Coupon, CouponBatch, CouponUse, CustomerUse
from marketing.models.offers import Offer, OfferKind, OfferSlot, OfferVersion, StackBase, StackWith
from marketing.models.red_packets import RedPacket, RedPacketShare
from marketing.models.redemptions import EntryKind, Redemption, RedemptionEntry, RedemptionState, State
from marketing.models.segments import (
    Segment,
    SegmentKind,
    SegmentMember,
    SegmentSnapshot,
    SegmentUse,
    SegmentVersion,
)

__all__ = [
    "AbuseRule",
    "AbuseScore",
    "AccrualEntry",
    "Coupon",
    "CouponBatch",
    "CouponUse",
    "CustomerUse",
    "EntryKind",
    "ExpectedRate",
    "Offer",
    "OfferKind",
    "OfferSlot",
    "OfferVersion",
    "PostingKind",
    "RedPacket",
    "RedPacketShare",
    "Redemption",
    "RedemptionEntry",
    "RedemptionState",
    "Segment",
    "SegmentKind",
    "SegmentMember",
    "SegmentSnapshot",
    "SegmentUse",
    "SegmentVersion",
    "StackBase",
    "StackWith",
    "State",
]
