"""Campaigns: written, changed, compared, started, stopped."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from marketing.models import Campaign, CampaignState, CampaignTask, CampaignVariant, Message
from marketing.rules.experiments import WHOLE
from marketing.services.campaign_states import locked, move, state_words
from marketing.services.guarding import why_to_pause
from marketing.services.settling import skip_queued
from marketing.services.signoffs import void_if_changed, why_void
from staff.models import User

S = CampaignState
FIELDS = (
    "name", "objective", "kind", "owner", "line", "product", "offer", "segment", "provider", "purpose", "priority",
    "starts_at", "send_by", "every", "ends_at", "again_after_days", "holdout", "conversion", "conversion_days",
    "tracking", "budget", "currency", "fixed_cost",
)  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@transaction.atomic
def record_campaign(*, actor: User, at: datetime, suppress: Sequence[Any] = (), **fields: Any) -> Campaign:
    """Begin a campaign as a draft."""
    if not actor.has_perm("marketing.add_campaign"):
        raise PermissionDenied(_("Marketing plans campaigns."))
    campaign = Campaign(**fields, salt=secrets.token_hex(16), created_by=actor, created_at=at)
    campaign.full_clean(exclude=["reference", "sign_off"])
    name_act("marketing.campaign.added")
    campaign.save()
    campaign.refresh_from_db(fields=["reference"])
    campaign.suppress.set(suppress)
    return campaign


@transaction.atomic
def change_campaign(
    *, actor: User, campaign_id: int, at: datetime, suppress: Sequence[Any] | None = None, **fields: Any
) -> Campaign:
    """Change a campaign that does not run. What was signed off is void with it, if it touches that."""
    campaign = _editable(actor, campaign_id)
    for name in FIELDS:
        if name in fields:
            setattr(campaign, name, fields[name])
    campaign.full_clean(exclude=["reference", "sign_off", "salt"])
    name_act("marketing.campaign.changed")
    campaign.save(update_fields=[name for name in FIELDS if name in fields])
    if suppress is not None:
        campaign.suppress.set(suppress)
    void_if_changed(campaign_id=campaign.pk, at=at)
    campaign.refresh_from_db()
    return campaign


def _editable(actor: User, campaign_id: int) -> Campaign:
    campaign = locked(actor, campaign_id, "marketing.change_campaign")
    if campaign.state == S.SCHEDULED or campaign.state == S.RUNNING:
        raise ValidationError(_("Pause the campaign before you change it."))
    if campaign.is_over:
        raise ValidationError(_("This campaign is over: copy it into a new one."))
    return campaign


@transaction.atomic
def set_variants(
    *, actor: User, campaign_id: int, variants: Sequence[tuple[Message, int]], at: datetime
) -> list[CampaignVariant]:
    """Say which messages are compared and how many of 10,000 are sent each. Letters go in order. Once a round was drawn
    the variants stay, because people were assigned to them."""
    campaign = _editable(actor, campaign_id)
    if campaign.rounds.exists():
        raise ValidationError(_("An audience was drawn already: its variants stay as they are."))
    if not variants or len(variants) > len(LETTERS):
        raise ValidationError(_("A campaign has one to 26 variants."))
    if sum(share for _message, share in variants) != WHOLE or min(share for _message, share in variants) < 1:
        raise ValidationError(_("Each share is above zero, and together they are 100 %."))
    name_act("marketing.campaign.variants_set")
    campaign.variants.all().delete()
    made = [
        CampaignVariant(campaign=campaign, code=letter, message=message, share=share)
        for letter, (message, share) in zip(LETTERS, variants, strict=False)
    ]
    for one in made:
        one.full_clean(exclude=["campaign"])
    CampaignVariant.objects.bulk_create(made)
    void_if_changed(campaign_id=campaign.pk, at=at)
    return made


@transaction.atomic
def schedule_campaign(*, actor: User, campaign_id: int, at: datetime) -> Campaign:
    """Let a campaign that was signed off go out at its time."""
    campaign = locked(actor, campaign_id, "marketing.run_campaign")
    _refuse_void(campaign, at)
    if campaign.state != S.APPROVED:
        raise ValidationError(
            _("A campaign is scheduled once it is signed off; this one is %(state)s.") % state_words(campaign)
        )
    if campaign.starts_at <= at:
        raise ValidationError(_("The start lies in the past: choose a later one and have it signed off."))
    name_act("marketing.campaign.scheduled")
    return move(campaign, S.SCHEDULED)


@transaction.atomic
def pause_campaign(*, actor: User, campaign_id: int, reason: str, at: datetime) -> Campaign:
    """Let nothing more go out until it is resumed. What is being handed over right now still ends."""
    campaign = locked(actor, campaign_id, "marketing.run_campaign")
    if campaign.state not in (S.SCHEDULED, S.RUNNING):
        raise ValidationError(
            _("Only what is scheduled or runs is paused; this one is %(state)s.") % state_words(campaign)
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is paused.")})
    name_act("marketing.campaign.paused", reason=reason)
    return move(campaign, S.PAUSED, reason.strip())


@transaction.atomic
def resume_campaign(*, actor: User, campaign_id: int, at: datetime) -> Campaign:
    """Let a paused campaign go on where it stood; only while exactly it is signed off, and not if it would stop by itself."""
    campaign = locked(actor, campaign_id, "marketing.run_campaign")
    if campaign.state != S.PAUSED:
        raise ValidationError(_("This campaign is not paused."))
    _refuse_void(campaign, at)
    campaign.resumed_at = at
    if why := why_to_pause(campaign, at):
        raise ValidationError(_("It would stop again at once: %(why)s") % {"why": why})
    name_act("marketing.campaign.resumed")
    campaign.save(update_fields=["resumed_at"])
    return move(campaign, S.RUNNING if campaign.begun_at else S.SCHEDULED)


@transaction.atomic
def cancel_campaign(*, actor: User, campaign_id: int, reason: str, at: datetime) -> Campaign:
    """End a campaign for good. What still waits is never sent."""
    campaign = locked(actor, campaign_id, "marketing.run_campaign")
    if campaign.is_over:
        raise ValidationError(_("This campaign is over already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is cancelled.")})
    name_act("marketing.campaign.cancelled", reason=reason)
    skip_queued(campaign, "stopped", at)
    campaign.ended_at = at
    campaign.save(update_fields=["ended_at"])
    return move(campaign, S.CANCELLED, reason.strip())


@transaction.atomic
def write_lessons(*, actor: User, campaign_id: int, lessons: str) -> Campaign:
    """Keep what was learned, once a campaign has run."""
    campaign = locked(actor, campaign_id, "marketing.change_campaign")
    if campaign.begun_at is None:
        raise ValidationError(_("There is nothing to learn before it has run."))
    name_act("marketing.campaign.reviewed")
    campaign.lessons = lessons.strip()
    campaign.save(update_fields=["lessons"])
    return campaign


@transaction.atomic
def add_task(*, actor: User, campaign_id: int, title: str, owner: User, due_on: date | None) -> CampaignTask:
    """Give somebody of the team something to do for a campaign."""
    campaign = locked(actor, campaign_id, "marketing.change_campaign")
    if not title.strip():
        raise ValidationError({"title": _("Say what is to be done.")})
    name_act("marketing.task.added")
    return CampaignTask.objects.create(campaign=campaign, title=title.strip(), owner=owner, due_on=due_on)


@transaction.atomic
def finish_task(*, actor: User, task_id: int, at: datetime) -> CampaignTask:
    """Tick a task off: whoever it was given to does, or whoever plans the campaign."""
    task = CampaignTask.objects.select_for_update().get(pk=task_id)
    if actor.pk != task.owner_id and not actor.has_perm("marketing.change_campaign"):
        raise PermissionDenied(_("This task is somebody else's."))
    if task.done_at is None:
        name_act("marketing.task.done")
        task.done_at, task.done_by = at, actor
        task.save(update_fields=["done_at", "done_by"])
    return task


def _refuse_void(campaign: Campaign, at: datetime) -> None:
    """Refuse to run what is not signed off as it stands. The sign-off itself is voided by who looks regularly."""
    if why := why_void(campaign, at):
        raise ValidationError(_("%(why)s Ask for sign-off.") % {"why": why})
