"""What panels put on a risk's page: the panels that judged it, and each of them in its thread."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.models import Panel, PanelState
from assessment.panel_columns import PANEL_TONES, panel_pill
from assessment.services.panels import panel_url
from risk.own_parts import SHOWN
from risk.panels import Panel as RiskPanel
from risk.panels import register_panel
from risk.threads import Knot, Strand, register_strand


def register() -> None:
    register_panel(
        RiskPanel(
            "panels", _("Panels of experts"), panels_of, "assessment/panels_panel.html", "assessment.oversee_panel", order=30
        )
    )  # fmt: skip
    register_strand(Strand("panels", panel_knots, "assessment.oversee_panel"))


def _judging(user, risk):
    seen = Panel.objects.visible_to(user).filter(items__risk=risk).exclude(state=PanelState.CANCELLED).distinct()
    return seen.order_by("-begun_at", "-pk")


def panels_of(user, risk):
    """The latest panels that judged a risk, and where one is begun."""
    rows = [(str(one), panel_url(one), panel_pill(one)) for one in _judging(user, risk)[:5]]
    begin = f"{reverse('assessment:panel_create')}?risk={risk.pk}" if user.has_perm("assessment.add_panel") else ""
    return {"rows": rows, "begin": begin if risk.status == "open" else ""} if rows or begin else None


def panel_knots(user, risk) -> list[Knot]:
    return [
        Knot(
            key=f"panel:{one.pk}",
            kind=_("Panel of experts"),
            title=str(one),
            at=one.ended_at or one.begun_at,
            url=panel_url(one),
            icon="users-group",
            state=one.get_state_display(),
            tone=PANEL_TONES[one.state],
        )
        for one in _judging(user, risk)[:SHOWN]
    ]
