"""What this room puts on a risk's page: the policies that govern it."""

from django.utils.translation import gettext_lazy as _

from governance.models import Policy
from risk.panels import Panel, register_panel

SHOWN = 50


def register() -> None:
    register_panel(
        Panel("policies", _("Policies"), policies_of, "governance/policies_panel.html", "governance.view_policy", 70)
    )


def policies_of(user, risk):
    """The policies that govern a risk, or None where there is none."""
    found = list(Policy.objects.visible_to(user).filter(risks=risk).select_related("owner").order_by("code")[:SHOWN])
    return {"policies": found} if found else None
