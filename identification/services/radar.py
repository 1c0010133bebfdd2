"""The radar of emerging risks: recorded with a first look, looked at again, taken into the register or dropped."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import EmergingReading, EmergingRisk, EmergingState
from pages.formats import day
from risk.models import ProposalState, Risk, RiskProposal
from risk.services.scope import check_line
from staff.models import NotificationKind, User
from staff.services.notifications import notify

CHANGEABLE = ("name", "risk_class", "description", "drivers", "jurisdictions", "line_id", "owner", "next_look_on")


@transaction.atomic
def watch_emerging_risk(*, actor: User, at: datetime, look: dict[str, Any], **fields: Any) -> EmergingRisk:
    """Put something on the radar with its first look: `look` holds horizon, likelihood, severity, velocity, trend, reason.

    The next look lies ahead. Raises ValidationError for a line outside the actor's scope."""
    check_line(actor, fields.get("line_id"))
    emerging = EmergingRisk(recorded_by=actor, recorded_at=at, **fields)
    emerging.jurisdictions = sorted(set(emerging.jurisdictions))
    emerging.full_clean(exclude=["reference", "jurisdictions"])
    _check_ahead(emerging.next_look_on, at)
    name_act("identification.emerging.recorded")
    emerging.save()
    emerging.refresh_from_db(fields=["reference"])
    _add_look(emerging, actor, at, look)
    return emerging


@transaction.atomic
def change_emerging_risk(*, actor: User, emerging_id: int, changes: dict[str, Any], at: datetime) -> EmergingRisk:
    """Change what is written about something that is watched; `changes` maps names in CHANGEABLE to new values."""
    emerging = _locked(emerging_id)
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValidationError(_("These cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    if "line_id" in changes:
        check_line(actor, changes["line_id"])
    moved = changes.get("next_look_on", emerging.next_look_on) != emerging.next_look_on
    for name, value in changes.items():
        setattr(emerging, name, value)
    emerging.full_clean(exclude=["reference", "jurisdictions"])
    if moved:
        _check_ahead(emerging.next_look_on, at)
    name_act("identification.emerging.changed")
    emerging.save(update_fields=[*changes])
    return emerging


@transaction.atomic
def look_at_emerging_risk(
    *, actor: User, emerging_id: int, next_look_on: date, at: datetime, **look: Any
) -> EmergingReading:
    """Add a look, which becomes the last, and say when the next one is due. Nothing is looked at before its last look."""
    emerging = _locked(emerging_id)
    if emerging.latest and at < emerging.latest.at:
        raise ValidationError(_("Somebody has looked at it since: read that first."))
    _check_ahead(next_look_on, at)
    name_act("identification.emerging.looked_at", reason=look.get("reason", ""))
    emerging.next_look_on = next_look_on
    return _add_look(emerging, actor, at, look)


@transaction.atomic
def drop_emerging_risk(*, actor: User, emerging_id: int, reason: str, at: datetime) -> EmergingRisk:
    """Stop watching something, for a reason that stays."""
    return _end(_locked(emerging_id), EmergingState.DROPPED, reason, at, "identification.emerging.dropped")


@transaction.atomic
def became_risk(*, actor: User, emerging_id: int, risk: Risk, reason: str, at: datetime) -> EmergingRisk:
    """Say which risk of the register it became; from then on it is watched there."""
    emerging = _locked(emerging_id)
    emerging.risk = risk
    return _end(emerging, EmergingState.RISK, reason, at, "identification.emerging.became_risk")


def tend_radar(*, business_date: date) -> int:
    """Say of what was proposed from the radar, and taken into the register since, that it became a risk; then remind of looks.
    Return how many entries were ended and people told."""
    return _follow_proposals(timezone.now()) + remind_of_looks(business_date=business_date)


def _follow_proposals(at: datetime) -> int:
    watched = {proposal_key(emerging): emerging for emerging in EmergingRisk.objects.watched()}
    taken = RiskProposal.objects.filter(
        source_key__in=watched, state__in=(ProposalState.ACCEPTED, ProposalState.JOINED)
    ).select_related("risk", "decided_by")
    for proposal in taken:
        if proposal.decided_by and proposal.risk:  # as the database holds of whatever is accepted or joined
            emerging_id, reason = watched[proposal.source_key].pk, proposal.reason or str(proposal)
            became_risk(actor=proposal.decided_by, emerging_id=emerging_id, risk=proposal.risk, reason=reason, at=at)
    return len(taken)


def proposal_key(emerging: EmergingRisk) -> str:
    """Under which key it is proposed as a risk, once."""
    return f"radar:{emerging.pk}"


def remind_of_looks(*, business_date: date) -> int:
    """Tell owners of looks that are overdue on `business_date`, once for each due day; return how many were told."""
    at = timezone.now()
    overdue = EmergingRisk.objects.overdue(business_date).filter(owner__is_active=True).select_related("owner")
    return sum(_remind(emerging, at) for emerging in overdue.order_by("pk"))


def emerging_url(emerging: EmergingRisk) -> str:
    return reverse("identification:emerging_detail", args=[emerging.reference])


def _remind(emerging: EmergingRisk, at: datetime) -> int:
    return notify(
        users=[emerging.owner],
        kind=NotificationKind.REVIEW,
        key=f"emerging:{emerging.pk}:{emerging.next_look_on}",
        title=lambda: (
            _("A look at %(emerging)s was due on %(day)s")
            % {"emerging": emerging.reference, "day": day(emerging.next_look_on)}
        ),
        body=emerging.name,
        url=emerging_url(emerging),
        at=at,
    )


def _add_look(emerging: EmergingRisk, actor: User, at: datetime, look: dict[str, Any]) -> EmergingReading:
    reading = EmergingReading(emerging=emerging, by=actor, at=at, **look)
    reading.reason = reading.reason.strip()
    reading.full_clean()
    reading.save()
    emerging.latest = reading
    emerging.save(update_fields=["latest", "next_look_on"])
    return reading


def _end(emerging: EmergingRisk, state: str, reason: str, at: datetime, named: str) -> EmergingRisk:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is no longer watched.")})
    name_act(named, reason=reason)
    emerging.state, emerging.ended_at, emerging.ending_reason = state, at, reason.strip()
    emerging.save(update_fields=["state", "ended_at", "ending_reason", "risk"])
    return emerging


def _check_ahead(next_look_on: date, at: datetime) -> None:
    if next_look_on <= timezone.localdate(at):
        raise ValidationError({"next_look_on": _("The next look lies ahead.")})


def _locked(emerging_id: int) -> EmergingRisk:
    found = EmergingRisk.objects.select_for_update(of=["self"]).select_related("latest")
    emerging = found.get(pk=emerging_id)
    if not emerging.is_watched:
        raise ValidationError(
            _("%(emerging)s is not watched any more: %(state)s.")
            % {"emerging": emerging.reference, "state": emerging.get_state_display()}
        )
    return emerging
