"""Where a campaign stands: locked for whoever acts on it, moved from one state to another."""

from __future__ import annotations

from django.urls import reverse

from marketing.models import Campaign
from staff.models import User
from staff.permits import require


def locked(actor: User, campaign_id: int, permission: str) -> Campaign:
    """Return a campaign that somebody may act on, its row locked until the transaction ends."""
    require(actor, permission)
    seen = Campaign.objects.visible_to(actor).for_list()
    return seen.select_for_update(of=("self",)).get(pk=campaign_id)


def move(campaign: Campaign, state: str, why: str = "") -> Campaign:
    """Put a campaign, locked already, into a state, and say why where that is asked."""
    campaign.state, campaign.state_why = state, why[:300]
    campaign.save(update_fields=["state", "state_why"])
    return campaign


def state_words(campaign: Campaign) -> dict[str, str]:
    return {"state": campaign.get_state_display()}


def campaign_url(campaign: Campaign) -> str:
    return reverse("marketing:campaign_detail", args=[campaign.reference])
