"""What scenarios and bow-ties put on a risk's page: a panel with the last outcome, and outcomes in its thread."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identification.models import BowTie, ScenarioOutcome
from identification.scenario_columns import loss_text, suggested_pill
from risk.own_parts import SHOWN
from risk.panels import Panel, register_panel
from risk.threads import Knot, Strand, register_strand


def register() -> None:
    register_panel(
        Panel(
            "scenarios", _("Scenarios"), scenarios_panel, "identification/scenarios_panel.html",
            "identification.view_scenario", queries=3,
        )
    )  # fmt: skip
    register_strand(Strand("outcomes of scenarios", outcomes_of, "identification.view_scenario"))


def scenarios_panel(user, risk):
    """The last outcome of each scenario that was discussed for a risk, and its bow-ties."""
    seen = ScenarioOutcome.objects.visible_to(user).filter(risk=risk).select_related("revision__scenario")
    last = seen.order_by("revision__scenario", "-held_on", "-pk").distinct("revision__scenario")
    bow_ties = BowTie.objects.visible_to(user).filter(risk=risk)
    return {
        "outcomes": [(one, loss_text(one), suggested_pill(one)) for one in last[:SHOWN]],
        "bow_ties": bow_ties.annotate(under=F("scenario__name"))[:SHOWN],
        "draw": f"{reverse('identification:bow_tie_create')}?risk={risk.reference}",
        "draws": user.has_perm("identification.add_bowtie"),
    }


def outcomes_of(user, risk) -> list[Knot]:
    seen = ScenarioOutcome.objects.visible_to(user).filter(risk=risk).select_related("revision__scenario")
    return [
        Knot(
            key=f"scenario-outcome:{one.pk}",
            kind=_("Scenario discussed"),
            title=str(one.revision.scenario),
            at=one.recorded_at,
            url=reverse("identification:outcome_detail", args=[one.pk]),
            icon="messages",
            state=one.get_level_display(),
            tone=one.level,
        )
        for one in seen.order_by("-recorded_at")[:SHOWN]
    ]
