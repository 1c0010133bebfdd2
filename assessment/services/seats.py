"""Who sits on a panel, with which weight, and who leaves it."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assessment.models import Panel, PanelSeat, PanelState
from assessment.services.panels import check_facilitates, hurdle_to_facilitating, locked_panel, panel_url
from audit.services import name_act
from staff.models import NotificationKind, User
from staff.services.notifications import notify


@transaction.atomic
def seat_expert(*, actor: User, panel_id: int, expert: User, weight: Decimal, at: datetime) -> PanelSeat:
    """Give an expert a seat, between rounds; before the first one, seat them again to change their weight.

    Refused for the facilitator, whoever is not active, and whoever has left this panel. They hear of it."""
    panel = locked_panel(panel_id, PanelState.PREPARING, PanelState.RUNNING)
    check_facilitates(actor, panel)
    _check_expert(panel, expert, actor)
    seat = panel.seats.filter(expert=expert, left_at__isnull=True).first()
    if seat and panel.state != PanelState.PREPARING:
        raise ValidationError({"expert": _("%(person)s sits on this panel already.") % {"person": expert}})
    seat = seat or PanelSeat(panel=panel, expert=expert, seated_at=at)
    seat.weight = weight
    seat.full_clean()
    name_act("assessment.seat.given")
    seat.save()
    _tell_seated(seat, at)
    return seat


def _check_expert(panel: Panel, expert: User, actor: User) -> None:
    if panel.rounds.filter(closed_at__isnull=True).exists():
        raise ValidationError(_("A round is open: experts join between rounds."))
    if expert.pk in (panel.facilitator_id, actor.pk):
        raise ValidationError({"expert": _("Whoever runs a panel does not vote on it.")})
    if not expert.is_active or not expert.has_perm("assessment.vote_on_panel"):
        raise ValidationError({"expert": _("%(person)s cannot vote.") % {"person": expert}})


def _tell_seated(seat: PanelSeat, at: datetime) -> None:
    notify(
        users=[seat.expert_id],
        kind=NotificationKind.REVIEW,
        key=f"panel:{seat.panel_id}:seat",
        title=lambda: _("You sit on panel %(panel)s") % {"panel": seat.panel},
        url=panel_url(seat.panel),
        at=at,
    )


@transaction.atomic
def leave_panel(*, actor: User, seat_id: int, reason: str, at: datetime) -> PanelSeat:
    """Let an expert leave: by themselves, or by whoever runs the panel. Votes that they cast stay and count."""
    seat = PanelSeat.objects.get(pk=seat_id)
    panel = locked_panel(seat.panel_id, PanelState.PREPARING, PanelState.RUNNING)
    seat = PanelSeat.objects.select_for_update(of=["self"]).select_related("expert").get(pk=seat_id)
    if actor.pk != seat.expert_id and (hurdle := hurdle_to_facilitating(actor, panel)):
        raise PermissionDenied(hurdle)
    if seat.left_at:
        raise ValidationError(_("%(person)s has left this panel already.") % {"person": seat.expert})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the expert leaves.")})
    name_act("assessment.seat.left", reason=reason)
    seat.left_at, seat.left_reason = at, reason.strip()
    seat.save(update_fields=["left_at", "left_reason"])
    return seat
