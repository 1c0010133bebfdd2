"""Bow-ties: drawn for a risk, with causes, consequences and the barriers on their ways."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import Barrier, BarrierSide, BowTie, BowTieConsequence, BowTieThreat, Scenario
from risk.models import Control, Risk
from staff.models import User

# The two sides of a bow-tie: what stands there, what it is classified by, which side its barriers are on.
PARTS: dict[str, tuple[type[BowTieThreat] | type[BowTieConsequence], str, BarrierSide]] = {
    "threat": (BowTieThreat, "cause", BarrierSide.PREVENTING),
    "consequence": (BowTieConsequence, "consequence", BarrierSide.RECOVERING),
}
MOST = 20


@transaction.atomic
def draw_bow_tie(*, actor: User, risk: Risk, event: str, at: datetime, scenario: Scenario | None = None) -> BowTie:
    """Begin the bow-tie of a risk, under a scenario or under none; each pair has one."""
    hidden = not Risk.objects.visible_to(actor).filter(pk=risk.pk).exists()
    if hidden or (scenario and not Scenario.objects.visible_to(actor).filter(pk=scenario.pk).exists()):
        raise PermissionDenied(_("This is outside your scope."))
    bow_tie = BowTie(risk=risk, scenario=scenario, event=event.strip(), drawn_by=actor, drawn_at=at)
    bow_tie.full_clean()
    name_act("identification.bow_tie.drawn")
    bow_tie.save()
    return bow_tie


@transaction.atomic
def change_bow_tie(*, actor: User, bow_tie_id: int, event: str) -> BowTie:
    """Name the event of a bow-tie anew."""
    bow_tie = _locked(bow_tie_id)
    bow_tie.event = event.strip()
    bow_tie.full_clean()
    name_act("identification.bow_tie.changed")
    bow_tie.save(update_fields=["event"])
    return bow_tie


@transaction.atomic
def write_part(
    *, actor: User, bow_tie_id: int, part: str, text: str, kind: Any = None, part_id: int | None = None
) -> BowTieThreat | BowTieConsequence:
    """Add a cause (`part` threat) or a consequence to a bow-tie, or say one anew; `kind` is its entry of the catalogue."""
    bow_tie = _locked(bow_tie_id)
    model, classified_by, _side = PARTS[part]
    standing = model._default_manager.filter(bow_tie=bow_tie)
    if part_id is None and standing.count() >= MOST:
        raise ValidationError(_("A side holds %(most)s at most: draw another bow-tie.") % {"most": MOST})
    written = model(bow_tie=bow_tie) if part_id is None else standing.get(pk=part_id)
    written.text = text.strip()
    setattr(written, classified_by, kind)
    written.full_clean()
    name_act(f"identification.{part}.written")
    written.save()
    return written


@transaction.atomic
def remove_part(*, actor: User, bow_tie_id: int, part: str, part_id: int) -> None:
    """Take a cause or a consequence out, with its barriers; the log keeps what stood there."""
    bow_tie = _locked(bow_tie_id)
    name_act(f"identification.{part}.removed")
    PARTS[part][0]._default_manager.filter(bow_tie=bow_tie, pk=part_id).delete()


@transaction.atomic
def write_barrier(
    *, actor: User, bow_tie_id: int, part: str, part_id: int, control: Control | None, text: str, position: int = 1,
    barrier_id: int | None = None,
) -> Barrier:  # fmt: skip
    """Put a barrier on the way of a cause or of a consequence, or say one anew: a control, or something in words."""
    bow_tie = _locked(bow_tie_id)
    if control and not Control.objects.visible_to(actor).filter(pk=control.pk).exists():
        raise PermissionDenied(_("This is outside your scope."))
    model, _classified_by, side = PARTS[part]
    way = model._default_manager.get(bow_tie=bow_tie, pk=part_id)
    barrier = Barrier(side=side, **{part: way}) if barrier_id is None else way.barriers.get(pk=barrier_id)
    barrier.control, barrier.text, barrier.position = control, text.strip(), position
    barrier.full_clean()
    name_act("identification.barrier.written")
    barrier.save()
    return barrier


@transaction.atomic
def remove_barrier(*, actor: User, bow_tie_id: int, barrier_id: int) -> None:
    """Take a barrier off its way; twice does it once."""
    bow_tie = _locked(bow_tie_id)
    name_act("identification.barrier.removed")
    for way in ("threat", "consequence"):
        Barrier.objects.filter(**{f"{way}__bow_tie": bow_tie}, pk=barrier_id).delete()


def _locked(bow_tie_id: int) -> BowTie:
    return BowTie.objects.select_for_update(of=["self"]).get(pk=bow_tie_id)
