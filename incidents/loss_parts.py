"""Incidents, losses and crises in the thread of a risk, and its losses on its page."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.incident_columns import STAGES
from incidents.models import Case, Crisis, Incident, LossEvent
from pages.formats import day, money
from risk.own_parts import SHOWN
from risk.panels import Panel, register_panel
from risk.threads import Knot, Strand, register_strand


def register() -> None:
    register_strand(Strand("incidents", incident_knots, "incidents.view_incident"))
    register_strand(Strand("losses", loss_knots, "incidents.view_lossevent"))
    register_strand(Strand("crises", crisis_knots, "incidents.view_crisis"))
    register_panel(
        Panel("losses", _("Losses"), losses_panel, "incidents/losses_panel.html", "incidents.view_lossevent", order=40)
    )


def _incidents(user, risk):
    """The incidents of a risk: those that name it, and those of its cases that name none."""
    cases = Case.objects.visible_to(user).filter(risk=risk)
    return Incident.objects.visible_to(user).filter(Q(risk=risk) | Q(risk__isnull=True, case__in=cases))


def incident_knots(user, risk) -> list[Knot]:
    return [
        Knot(
            key=f"incident:{one.pk}",
            kind=_("Incident"),
            title=str(one),
            at=one.detected_at,
            url=reverse("incidents:incident_detail", args=[one.reference]),
            icon="alert-circle",
            state=STAGES[one.stage][0],
            tone=STAGES[one.stage][1],
            cause=f"case:{one.case_id}" if one.case_id else "",
        )
        for one in _incidents(user, risk).order_by("-detected_at")[:SHOWN]
    ]


def loss_knots(user, risk) -> list[Knot]:
    seen = LossEvent.objects.visible_to(user).filter(Q(risk=risk) | Q(incident__in=_incidents(user, risk)))
    return [
        Knot(
            key=f"loss:{one.pk}",
            kind=_("Loss"),
            title=f"{one} · {money(one.net, one.currency)}",
            at=one.recorded_at,
            url=reverse("incidents:loss_detail", args=[one.reference]),
            icon="cash",
            cause=f"incident:{one.incident_id}" if one.incident_id else "",
        )
        for one in seen.with_sums().order_by("-recorded_at")[:SHOWN]
    ]


def crisis_knots(user, risk) -> list[Knot]:
    seen = Crisis.objects.visible_to(user).filter(incident__in=_incidents(user, risk))
    return [
        Knot(
            key=f"crisis:{one.pk}",
            kind=_("Crisis"),
            title=str(one),
            at=one.declared_at,
            url=reverse("incidents:crisis_detail", args=[one.reference]),
            icon="alarm",
            state=_("In force") if one.is_open else _("Ended"),
            tone="red" if one.is_open else "green",
            cause=f"incident:{one.incident_id}",
        )
        for one in seen.order_by("-declared_at")[:SHOWN]
    ]


def losses_panel(user, risk):
    """The latest losses of a risk, each with what remains; no section where there is none."""
    found = LossEvent.objects.visible_to(user).filter(risk=risk).with_sums().order_by("-occurred_on", "-id")[:5]
    rows = [
        (str(one), reverse("incidents:loss_detail", args=[one.reference]), day(one.occurred_on), money(one.net, one.currency))
        for one in found
    ]  # fmt: skip
    return {"rows": rows} if rows else None
