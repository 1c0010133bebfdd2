"""What stands between a campaign and its sign-off, each with a sentence that says what to do."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from marketing.models import Campaign, CampaignKind, CampaignState
from marketing.rules.experiments import WHOLE
from marketing.services.content_checks import Finding, findings_of


def hurdles_to_sign_off(campaign: Campaign, at: datetime) -> list[str]:
    """Return why a campaign cannot be signed off as it stands; empty where nothing is in the way."""
    return [*_of_campaign(campaign, at), *_of_variants(campaign), *_of_copy(campaign, at)]


def _of_campaign(campaign: Campaign, at: datetime) -> list[str]:
    found = []
    if campaign.state != CampaignState.PAUSED and campaign.starts_at <= at:
        found.append(_("The start lies in the past: choose a later one."))
    if campaign.ends_at and campaign.ends_at <= campaign.starts_at:
        found.append(_("The campaign ends before it starts."))
    if campaign.send_by and campaign.send_by <= at:
        found.append(_("The last moment for sending has passed."))
    if campaign.segment.archived_at is not None:
        found.append(_("The segment “%(segment)s” is archived: choose another.") % {"segment": campaign.segment})
    if not campaign.provider.is_active:
        found.append(_("The provider “%(provider)s” is not in use.") % {"provider": campaign.provider})
    if campaign.kind != CampaignKind.RECURRING and campaign.every:
        found.append(_("Only a campaign that goes out again and again says how often."))
    return [*found, *_of_money(campaign), *_of_offer(campaign)]


def _of_money(campaign: Campaign) -> list[str]:
    """Costs and what comes in are added up, and nothing is converted."""
    counted = [campaign.provider if campaign.provider.price > 0 else None, campaign.offer]
    return [
        _("“%(what)s” counts in %(other)s, the campaign in %(own)s: choose one currency for both.")
        % {"what": one, "other": one.currency, "own": campaign.currency}
        for one in counted
        if one is not None and one.currency != campaign.currency
    ]


def _of_offer(campaign: Campaign) -> list[str]:
    offer = campaign.offer
    if offer is None:
        return []
    if offer.version is None or offer.stopped_at is not None:
        return [_("The offer “%(offer)s” is not in force: have it published first.") % {"offer": offer}]
    if offer.version.valid_until <= campaign.starts_at:
        return [_("The offer “%(offer)s” ends before the campaign starts.") % {"offer": offer}]
    return []


def _of_variants(campaign: Campaign) -> list[str]:
    variants = list(campaign.variants.select_related("message"))
    if not variants:
        return [_("No message yet: add the first variant.")]
    found = []
    if sum(one.share for one in variants) != WHOLE:
        found.append(_("The shares of the variants add up to 100 %."))
    for one in variants:
        if one.message.channel != campaign.provider.channel:
            found.append(
                _("Variant %(variant)s is written for another channel than the provider's.") % {"variant": one.code}
            )
    return found


def _of_copy(campaign: Campaign, at: datetime) -> list[str]:
    return [
        _("Variant %(variant)s, %(where)s: %(what)s") % {"variant": code, "where": one.where, "what": one.text}
        for code, one in findings(campaign, at)
        if one.severity == "refuse"
    ]


def findings(campaign: Campaign, at: datetime) -> list[tuple[str, Finding]]:
    """What the checks of content find, by the letter of the variant."""
    variants = campaign.variants.select_related("message").order_by("code")
    return [(one.code, finding) for one in variants for finding in findings_of(one.message, at=at)]
