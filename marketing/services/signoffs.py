"""Sign-off: somebody else approves one hash over everything that goes out; any edit, by whatever path, voids it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.rules.canonical import canonical_json
from audit.services import name_act
from customers.services.suitability_rules import company_day
from marketing.models import Campaign, CampaignState, ContactCode, SignOff, SignOffState
from marketing.services.campaign_checks import hurdles_to_sign_off
from marketing.services.campaign_states import campaign_url, locked, move, state_words
from marketing.services.contact_limits import limits_at
from marketing.services.signed_parts import parts_of
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

DEFAULT_DAYS = 30
S = CampaignState


def body_of(campaign: Campaign) -> str:
    """Return everything that a sign-off binds, as canonical JSON: the same bytes for the same content."""
    return canonical_json(parts_of(campaign)).decode()


def hash_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


@transaction.atomic
def ask_sign_off(*, actor: User, campaign_id: int, note: str = "", at: datetime) -> SignOff:
    """Ask for the sign-off of a campaign as it stands. One that was asked for before and has not been decided is void."""
    campaign = locked(actor, campaign_id, "marketing.change_campaign")
    if campaign.state not in (S.DRAFT, S.REVIEW, S.APPROVED, S.PAUSED):
        raise ValidationError(
            _("A campaign is signed off before it runs; this one is %(state)s.") % state_words(campaign)
        )
    if hurdles := hurdles_to_sign_off(campaign, at):
        raise ValidationError(hurdles)
    _void_standing(campaign, _("Sign-off was asked for anew."), at)
    name_act("marketing.sign_off.asked", reason=note)
    body = body_of(campaign)
    number = (campaign.sign_offs.aggregate(last=Max("number"))["last"] or 0) + 1
    asked = SignOff.objects.create(
        campaign=campaign, number=number, body=body, sha256=hash_of(body), asked_by=actor, asked_at=at,
    )  # fmt: skip
    if campaign.state != S.PAUSED:
        move(campaign, S.REVIEW)
    _tell_signers(asked, at)
    return asked


def hurdle_to_deciding(actor: User, sign_off: SignOff) -> str:
    """Return why somebody may not sign a campaign off, or nothing: neither who asked, nor who owns or wrote it."""
    if not actor.has_perm("marketing.sign_campaign"):
        return _("Compliance signs campaigns off.")
    campaign = sign_off.campaign
    if actor.pk in (sign_off.asked_by_id, campaign.owner_id, campaign.created_by_id):
        return _("You asked for it, own it or wrote it: somebody else signs it off.")
    return ""


@transaction.atomic
def decide_sign_off(*, actor: User, sign_off_id: int, sha256: str, approve: bool, note: str, at: datetime) -> SignOff:
    """Sign off exactly what was read (`sha256`), or refuse it and say why."""
    sign_off = _locked_waiting(actor, sign_off_id)
    campaign = sign_off.campaign
    if sha256 != sign_off.sha256:
        raise ValidationError(_("What you read is not what waits: read it again."))
    if approve and hash_of(body_of(campaign)) != sign_off.sha256:
        raise ValidationError(_("Something was changed since sign-off was asked for: it must be asked for anew."))
    if not approve and not note.strip():
        raise ValidationError({"note": _("Say what has to change.")})
    name_act("marketing.sign_off.approved" if approve else "marketing.sign_off.refused", reason=note)
    sign_off.state = SignOffState.APPROVED if approve else SignOffState.REFUSED
    sign_off.decided_by, sign_off.decided_at, sign_off.note = actor, at, note.strip()
    sign_off.expires_on = company_day(at) + timedelta(days=_days(campaign, at)) if approve else None
    sign_off.save(update_fields=["state", "decided_by", "decided_at", "note", "expires_on"])
    campaign.sign_off = sign_off if approve else None
    if campaign.state != S.PAUSED or not approve:
        campaign.state = S.APPROVED if approve else S.DRAFT if campaign.begun_at is None else S.PAUSED
    campaign.state_why = "" if approve else sign_off.note[:300]
    campaign.save(update_fields=["sign_off", "state", "state_why"])
    _tell_owner(sign_off, at)
    return sign_off


def _locked_waiting(actor: User, sign_off_id: int) -> SignOff:
    """The campaign is locked first, as by everybody who voids or asks."""
    seen = SignOff.objects.visible_to(actor)
    campaign_id = seen.values_list("campaign_id", flat=True).get(pk=sign_off_id)
    campaign = Campaign.objects.select_for_update(of=("self",)).for_list().get(pk=campaign_id)
    found = seen.select_for_update(of=("self",)).get(pk=sign_off_id)
    found.campaign = campaign
    if hurdle := hurdle_to_deciding(actor, found):
        raise PermissionDenied(hurdle)
    if found.state != SignOffState.WAITING:
        raise ValidationError(_("This sign-off is %(state)s.") % {"state": found.get_state_display()})
    return found


def _days(campaign: Campaign, at: datetime) -> int:
    place = campaign.product.jurisdiction if campaign.product else settings.COMPANY_JURISDICTION
    return limits_at(at).of(place).get(ContactCode.APPROVAL_DAYS) or DEFAULT_DAYS


def why_void(campaign: Campaign, at: datetime) -> str:
    """Return why what was signed off is not what would go out now, or nothing."""
    standing = campaign.sign_off
    if standing is None or standing.state != SignOffState.APPROVED:
        return _("It is not signed off.")
    if standing.expires_on is None or standing.expires_on < company_day(at):
        return _("The sign-off has expired.")
    body = body_of(campaign)
    if hash_of(body) == standing.sha256:
        return ""
    changed = ", ".join(changed_parts(json.loads(standing.body), json.loads(body)))
    return _("Changed since it was signed off: %(what)s.") % {"what": changed}


def changed_parts(before: Any, after: Any, path: str = "") -> list[str]:
    """Return where two bodies differ, as paths such as `messages.A.texts.en.subject`; twenty at most."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(before.keys() | after.keys())
        found = [
            one for key in keys for one in changed_parts(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
        ]
        return found[:20]
    return [] if before == after else [path]


@transaction.atomic
def void_if_changed(*, campaign_id: int, at: datetime) -> str:
    """Void the sign-off of a campaign that is not any more what was signed off, and stop what runs; return why, or
    nothing. Running it again changes nothing."""
    campaign = Campaign.objects.select_for_update(of=("self",)).for_list().get(pk=campaign_id)
    if campaign.sign_off is None or campaign.is_over:
        return ""
    why = why_void(campaign, at)
    if why:
        name_act("marketing.sign_off.voided", reason=why)
        _void_standing(campaign, why, at)
        move(campaign, campaign.state, why)
        _tell_void(campaign, why, at)
    return why


def _void_standing(campaign: Campaign, why: str, at: datetime) -> None:
    for one in campaign.sign_offs.filter(state__in=[SignOffState.WAITING, SignOffState.APPROVED]):
        one.state, one.ended_at, one.void_because = SignOffState.VOID, at, why[:300]
        one.save(update_fields=["state", "ended_at", "void_because"])
    if campaign.sign_off_id:
        campaign.sign_off = None
        campaign.state = S.PAUSED if campaign.begun_at else S.DRAFT
        campaign.save(update_fields=["sign_off", "state"])


def _tell_signers(asked: SignOff, at: datetime) -> None:
    campaign = asked.campaign
    people = holders_of("marketing.sign_campaign").exclude(
        pk__in=[asked.asked_by_id, campaign.owner_id, campaign.created_by_id]
    )
    notify(
        users=people, kind=NotificationKind.CHANGE, key=f"campaign:{campaign.pk}:{asked.sha256}",
        title=lambda: _("%(campaign)s waits for sign-off") % {"campaign": campaign.reference},
        body=campaign.name, url=reverse("marketing:sign_off", args=[campaign.reference]), at=at,
    )  # fmt: skip


def _tell_owner(sign_off: SignOff, at: datetime) -> None:
    campaign, approved = sign_off.campaign, sign_off.state == SignOffState.APPROVED
    notify(
        users={campaign.owner_id, sign_off.asked_by_id}, kind=NotificationKind.CHANGE,
        key=f"campaign:{campaign.pk}:{sign_off.pk}:decided",
        title=lambda: (_("%(c)s is signed off") if approved else _("%(c)s was refused")) % {"c": campaign.reference},
        body=sign_off.note, url=campaign_url(campaign), at=at,
    )  # fmt: skip


def _tell_void(campaign: Campaign, why: str, at: datetime) -> None:
    notify(
        users=[campaign.owner_id], kind=NotificationKind.CHANGE, key=f"campaign:{campaign.pk}:void:{at.isoformat()}",
        title=lambda: _("The sign-off of %(campaign)s is void") % {"campaign": campaign.reference},
        body=why, url=campaign_url(campaign), at=at,
    )  # fmt: skip
