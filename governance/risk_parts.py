"""What this room puts on a risk's page: the policies that govern it, and who answers for it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.models import Duty, DutyArea, Policy
from governance.services.lines import lines_of
from risk.panels import Panel, register_panel

SHOWN = 50


def register() -> None:
    register_panel(
        Panel("policies", _("Policies"), policies_of, "governance/policies_panel.html", "governance.view_policy", 70)
    )
    register_panel(
        Panel(
            "duties", _("Who answers for it"), duties_of, "governance/duties_panel.html", "governance.view_dutyarea", 72, 8
        )
    )  # fmt: skip


def policies_of(user, risk):
    """The policies that govern a risk, or None where there is none."""
    found = list(Policy.objects.visible_to(user).filter(risks=risk).select_related("owner").order_by("code")[:SHOWN])
    return {"policies": found} if found else None


def duties_of(user, risk):
    """The areas of duties of a risk with their matrices in force, and the line of its owner for those who see lines."""
    today = timezone.localdate()
    areas = list(DutyArea.objects.visible_to(user).filter(risks=risk).order_by("name")[:SHOWN])
    sees_lines = user.has_perm("governance.view_lineassignment") and risk.owner_id
    lines = lines_of(risk.owner_id, today) if sees_lines else []
    if not areas and not lines:
        return None
    held = {area.pk: [] for area in areas}
    if areas:
        for duty in Duty.objects.in_force(today).filter(matrix__area__in=areas).for_list().order_by("position"):
            held[duty.matrix.area_id].append(duty)
    named = ", ".join(str(line.label) for line in lines)
    return {"owner": risk.owner, "lines": named, "areas": [(area, held[area.pk]) for area in areas]}
