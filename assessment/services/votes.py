"""Votes of experts, each final; and the dissent of whoever ends apart from the others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assessment.models import Dissent, Panel, PanelItem, PanelRound, PanelSeat, PanelState, Vote
from assessment.services.panels import is_off, readings_of
from audit.services import name_act
from staff.models import User

SAID = ("likelihood", "impact", "probability", "low", "high", "rationale")


@transaction.atomic
def cast_votes(
    *, actor: User, panel_id: int, votes: Mapping[int, Mapping[str, Any]], at: datetime, number: int | None = None
) -> list[Vote]:
    """Cast one's votes in the open round: `{item: what is said}` for every item of the panel, all at once.

    A vote is final, so that nobody follows what they hear of others; a slip is mended in the next round. `number` says
    which round the expert had before them. Raises PermissionDenied for whoever has no seat, ValidationError for a second
    vote, a closed round, items left out, places outside the panel's matrix and a missing rationale.
    """
    seat = _own_seat(actor, panel_id)
    # The round's lock orders votes against its closing: a vote is counted, or its expert reads that it came too late.
    one = PanelRound.objects.select_for_update(of=["self"]).filter(panel=panel_id, closed_at__isnull=True).first()
    _check_open(one, number)
    if Vote.objects.filter(seat=seat, round=one).exists():
        raise ValidationError(_("You have voted in this round: a vote is final."))
    items = {item.pk: item for item in seat.panel.items.all()}
    if items.keys() != votes.keys():
        raise ValidationError(_("Vote on every item of the panel, and on no other."))
    cast = [_vote(seat, one, item, votes[pk], at) for pk, item in items.items()]
    name_act("assessment.vote.cast")
    return Vote.objects.bulk_create(cast)


def _own_seat(actor: User, panel_id: int) -> PanelSeat:
    # Not by key: closing the round notes who was absent, which refers to seats.
    seats = PanelSeat.objects.select_for_update(no_key=True, of=["self"]).select_related("panel__matrix")
    seat = seats.filter(panel=panel_id, expert=actor).first()
    if seat is None or not actor.has_perm("assessment.vote_on_panel"):
        raise PermissionDenied(_("Only who sits on this panel votes."))
    if seat.left_at:
        raise PermissionDenied(_("You have left this panel."))
    return seat


def _check_open(one: PanelRound | None, number: int | None) -> None:
    if one is None or (number is not None and one.number != number):
        raise ValidationError(_("This round is closed: your vote was not counted. Wait for the next one."))
    if one.panel.state != PanelState.RUNNING:
        raise ValidationError(_("This panel has ended."))


def _vote(seat: PanelSeat, one: PanelRound | None, item: PanelItem, said: Mapping[str, Any], at: datetime) -> Vote:
    vote = Vote(seat=seat, round=one, item=item, cast_at=at, **{name: said.get(name) for name in SAID})
    vote.rationale = (vote.rationale or "").strip()
    if (vote.low is not None or vote.high is not None) and not item.estimate:
        raise ValidationError(_("No interval is asked for here."))
    vote.full_clean(validate_unique=False)
    highest = seat.panel.matrix.highest
    if not (1 <= vote.likelihood <= highest[0] and 1 <= vote.impact <= highest[1]):
        raise ValidationError(
            _("Choose a likelihood from 1 to %(likelihood)s and an impact from 1 to %(impact)s.")
            % dict(zip(("likelihood", "impact"), highest, strict=True))
        )
    return vote


@transaction.atomic
def record_dissent(*, actor: User, panel_id: int, item_id: int, text: str, by_name: bool, at: datetime) -> Dissent:
    """Keep what an expert who ended more than one step from the median says, between the last round and the end of the
    panel; with their name only if they agree."""
    panel = Panel.objects.select_for_update(of=["self"]).get(pk=panel_id)
    seat = PanelSeat.objects.filter(panel=panel, expert=actor).first()
    if seat is None:
        raise PermissionDenied(_("Only who sits on this panel dissents."))
    if panel.state != PanelState.RUNNING or item_id not in asked_to_dissent(panel, seat):
        raise ValidationError(
            _("A dissent is written after the last round, by whoever ended more than one step apart.")
        )
    if not text.strip():
        raise ValidationError({"text": _("Say what the others did not see.")})
    if Dissent.objects.filter(seat=seat, item=item_id).exists():
        raise ValidationError(_("Your dissent on this item is recorded already."))
    name_act("assessment.dissent.recorded")
    return Dissent.objects.create(seat=seat, item_id=item_id, text=text.strip(), by_name=by_name, written_at=at)


def asked_to_dissent(panel: Panel, seat: PanelSeat) -> set[int]:
    """Return the items on which a seat ended more than one step from the median of the round that ended the panel."""
    last = panel.rounds.order_by("-number").first()
    if last is None or not last.ends_panel:
        return set()
    readings = readings_of([last])
    return {vote.item_id for vote in seat.votes.filter(round=last) if is_off(vote, readings[last.pk, vote.item_id])}
