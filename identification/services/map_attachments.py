"""What stands on the steps of process maps: risks that may come true there, and controls that are done there."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import ElementControl, ElementRisk, MapElement, ProcessMap
from identification.services.maps import locked_map
from risk.models import Control, Risk
from risk.services.register import record_risk
from staff.models import User


@transaction.atomic
def attach_risk(*, actor: User, map_id: int, element: str, risk: Risk, at: datetime) -> ElementRisk:
    """Put a risk on a step, decision or event of the newest drawing; one that stands there already stays as it is."""
    if not Risk.objects.visible_to(actor).open().filter(pk=risk.pk).exists():
        raise ValidationError({"risk": _("This risk is closed, or outside your lines.")})
    _check_element(locked_map(map_id), element)
    name_act("identification.map.risk_attached")
    return ElementRisk.objects.get_or_create(
        process_map_id=map_id, element_id=element, risk=risk, taken_off_at=None,
        defaults={"attached_by": actor, "attached_at": at},
    )[0]  # fmt: skip


@transaction.atomic
def attach_control(*, actor: User, map_id: int, element: str, control: Control, at: datetime) -> ElementControl:
    """Put a control on a step, decision or event of the newest drawing; one that stands there already stays as it is."""
    if not Control.objects.visible_to(actor).filter(pk=control.pk).exists():
        raise ValidationError({"control": _("This control is outside your lines.")})
    _check_element(locked_map(map_id), element)
    name_act("identification.map.control_attached")
    return ElementControl.objects.get_or_create(
        process_map_id=map_id, element_id=element, control=control, taken_off_at=None,
        defaults={"attached_by": actor, "attached_at": at},
    )[0]  # fmt: skip


@transaction.atomic
def take_off(
    *, actor: User, attached: ElementRisk | ElementControl, reason: str, at: datetime
) -> ElementRisk | ElementControl:
    """Take a risk or control off a step for a stated reason. What was taken off stays so: a trigger holds it."""
    locked_map(attached.process_map_id)
    found = type(attached).objects.select_for_update(of=["self"]).get(pk=attached.pk)
    if found.taken_off_at is not None:
        raise ValidationError(_("It was taken off already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is taken off.")})
    name_act("identification.map.taken_off", reason=reason)
    found.taken_off_by, found.taken_off_at, found.reason = actor, at, reason.strip()
    found.save(update_fields=["taken_off_by", "taken_off_at", "reason"])
    return found


@transaction.atomic
def record_risk_on_step(*, actor: User, map_id: int, element: str, at: datetime, **fields: Any) -> ElementRisk:
    """Record a risk in the register and put it on the step where it was found."""
    risk = record_risk(actor=actor, at=at, **fields)
    return attach_risk(actor=actor, map_id=map_id, element=element, risk=risk, at=at)


def _check_element(found: ProcessMap, element: str) -> MapElement:
    drawn = MapElement.objects.walked().filter(version_id=found.current_id, element_id=element).first()
    if drawn is None:
        raise ValidationError(
            {
                "element": _(
                    "The newest drawing has no such step: save the drawing first, then put risks and controls on it."
                )
            }
        )
    return drawn
