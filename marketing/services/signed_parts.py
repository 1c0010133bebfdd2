"""What a sign-off is over: copy, disclosures and links, the rule of the audience, the offer's terms, the schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marketing.models import Campaign, CampaignVariant, Segment
from marketing.services.contents import signed_content
from marketing.services.offer_terms import signed_terms

Part = dict[str, Any]


def parts_of(campaign: Campaign) -> Part:
    """Return everything about a campaign that somebody signs off, as texts and whole numbers."""
    variants = campaign.variants.select_related("message").order_by("code")
    return {
        "campaign": _said(campaign),
        "audience": {
            "segment": signed_rule(campaign.segment),
            "left_out": {one.code: signed_rule(one) for one in campaign.suppress.order_by("code")},
        },
        "messages": {one.code: _message(one) for one in variants},
        "offer": signed_terms(campaign.offer) if campaign.offer else None,
        "schedule": _schedule(campaign),
        "provider": {
            "code": campaign.provider.code,
            "channel": campaign.provider.channel,
            "from": f"{campaign.provider.from_name} <{campaign.provider.from_address}>",
        },
    }


def signed_rule(segment: Segment) -> Part:
    """A segment's rule, and the rules of every segment that it names; of a list only which one it is."""
    said: Part = {"code": segment.code, "kind": segment.kind}
    if segment.rule is not None:
        said["rule"] = segment.rule
        said["names"] = {one.code: signed_rule(one) for one in segment.uses.order_by("code")}
    return said


def _said(campaign: Campaign) -> Part:
    product = campaign.product
    return {
        "reference": campaign.reference,
        "name": campaign.name,
        "objective": campaign.objective,
        "purpose": campaign.purpose,
        "line": campaign.line_id or "",
        "product": product.code if product else "",
        "product_version": product.version.number if product and product.version else 0,
        "holdout": campaign.holdout,
        "tracking": campaign.tracking,
        "conversion": f"{campaign.conversion} in {campaign.conversion_days} days",
        "budget": f"{campaign.budget:f} {campaign.currency}",
    }


def _message(variant: CampaignVariant) -> Part:
    return {"share": variant.share, **signed_content(variant.message)}


def _schedule(campaign: Campaign) -> Part:
    return {
        "kind": campaign.kind,
        "starts_at": _moment(campaign.starts_at),
        "send_by": _moment(campaign.send_by),
        "ends_at": _moment(campaign.ends_at),
        "every": campaign.every,
        "again_after_days": campaign.again_after_days,
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""
