"""What the clock does to campaigns: begins what is due, draws the next round, ends what is done, stops what goes wrong."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from marketing.models import Campaign, CampaignKind, CampaignRound, CampaignState, Delivery, DeliveryState
from marketing.rules.schedules import occurrence
from marketing.services.audiences import draw_round, seen_before
from marketing.services.campaign_states import campaign_url, move
from marketing.services.guarding import why_to_pause
from marketing.services.settling import skip_queued
from marketing.services.signoffs import void_if_changed
from staff.models import NotificationKind
from staff.services.notifications import notify

S = CampaignState


def advance_campaigns(*, at: datetime) -> list[int]:
    """Move every campaign on to where it belongs at `at`; return those that have something to send. Safe at any time,
    twice, and by several at once: each campaign is locked while it is moved."""
    _skip_rest_of_cancelled(at)
    moving = Campaign.objects.under_way().order_by("priority", "id").values_list("pk", flat=True)
    return [pk for pk in list(moving) if _advance(pk, at)]


def _advance(campaign_id: int, at: datetime) -> bool:
    if void_if_changed(campaign_id=campaign_id, at=at):
        return False
    with transaction.atomic():
        waiting = Campaign.objects.select_for_update(of=("self",), skip_locked=True).for_list()
        campaign = waiting.filter(pk=campaign_id).first()
        if campaign is None or campaign.state not in (S.SCHEDULED, S.RUNNING):
            return False
        _begin(campaign, at)
        if campaign.state == S.RUNNING and not _stop_if_bad(campaign, at):
            _go_on(campaign, at)
        return campaign.state == S.RUNNING and Delivery.objects.open().filter(campaign=campaign).exists()


def _skip_rest_of_cancelled(at: datetime) -> None:
    """What was under way when its campaign was cancelled comes back to the queue afterwards, and stays there no longer."""
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED).values("campaign")
    for campaign in Campaign.objects.for_list().filter(state=S.CANCELLED, pk__in=waiting):
        skip_queued(campaign, "stopped", at)


def _begin(campaign: Campaign, at: datetime) -> None:
    if campaign.state == S.SCHEDULED and campaign.starts_at <= at:
        name_act("marketing.campaign.begun")
        campaign.state, campaign.begun_at = S.RUNNING, campaign.begun_at or at
        campaign.save(update_fields=["state", "begun_at"])


def _go_on(campaign: Campaign, at: datetime) -> None:
    """Draw the round that is due; what it costs is looked at before anything of it goes out."""
    planned = _next_planned(campaign, at)
    if planned is not None and planned <= at and campaign.sign_off is not None:
        draw_round(campaign=campaign, sign_off=campaign.sign_off, planned_at=planned, at=at)
        if _stop_if_bad(campaign, at):
            return
    _finish(campaign, at)


def _next_planned(campaign: Campaign, at: datetime) -> datetime | None:
    """When the next round is due: of a recurring one the newest time that has come, so that what was missed while
    everything stood still is not sent several times over."""
    drawn = campaign.rounds.order_by("-number").first()
    if campaign.kind == CampaignKind.ONCE:
        return None if drawn else campaign.starts_at
    if campaign.ends_at and at >= campaign.ends_at:
        return None
    if campaign.kind == CampaignKind.TRIGGERED:
        return _since_entries(campaign, at)
    return _newest_occurrence(campaign, drawn, at)


def _newest_occurrence(campaign: Campaign, drawn: CampaignRound | None, at: datetime) -> datetime | None:
    newest, number = None, 1
    while (planned := occurrence(campaign.starts_at, campaign.every, number, settings.TIME_ZONE)) <= at:
        newest, number = planned, number + 1
    return None if newest is None or (drawn and drawn.planned_at >= newest) else newest


def _since_entries(campaign: Campaign, at: datetime) -> datetime | None:
    """Now, where somebody has entered the segment since it looked last."""
    entered = campaign.segment.members.filter(left_at=None, entered_at__gt=seen_before(campaign))
    return at if entered.exists() else None


def _finish(campaign: Campaign, at: datetime) -> None:
    """A round ends when nothing of it waits; a campaign, when no other round will come."""
    if Delivery.objects.open().filter(campaign=campaign).exists():
        return
    campaign.rounds.filter(finished_at=None).update(finished_at=at)
    if _is_last(campaign, at) and not Delivery.objects.unknown().filter(campaign=campaign).exists():
        name_act("marketing.campaign.finished")
        campaign.state, campaign.ended_at = S.FINISHED, at
        campaign.save(update_fields=["state", "ended_at"])


def _is_last(campaign: Campaign, at: datetime) -> bool:
    """Whether no other round comes: also where none ever came, since nobody entered before the end."""
    if campaign.kind == CampaignKind.ONCE:
        return campaign.rounds.exists()
    return campaign.ends_at is not None and at >= campaign.ends_at


def _stop_if_bad(campaign: Campaign, at: datetime) -> bool:
    why = why_to_pause(campaign, at)
    if why:
        name_act("marketing.campaign.paused", reason=why)
        move(campaign, S.PAUSED, why)
        notify(
            users=[campaign.owner_id], kind=NotificationKind.CHANGE, key=f"campaign:{campaign.pk}:bad:{at.isoformat()}",
            title=lambda: _("%(campaign)s was paused") % {"campaign": campaign.reference},
            body=why, url=campaign_url(campaign), at=at,
        )  # fmt: skip
    return bool(why)
