"""What this room puts on the pages of risks and alerts: cases and activated plans in the thread, and where a case opens."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.columns import STATE_TONES
from incidents.models import Activation, Case
from pages.actions import Action
from risk.alert_parts import AlertPart, register_alert_part
from risk.own_parts import SHOWN
from risk.threads import Knot, Strand, register_strand
from risk.views.acts import act


def register() -> None:
    register_alert_part(AlertPart("cases", alert_actions, cases_of_alert, "incidents.view_case"))
    register_strand(Strand("cases", case_knots, "incidents.view_case"))
    register_strand(Strand("activations", activation_knots, "incidents.view_plan"))


def alert_actions(user, alert) -> list[Action]:
    open_case = Case.objects.open().filter(alert=alert).exists()
    hurdle = _("This alert already has an open case.") if open_case else ""
    url = f"{reverse('incidents:case_create')}?alert={alert.pk}"
    return [act(user, "incidents.add_case", _("Open case"), url, "briefcase", hurdle=hurdle)]


def cases_of_alert(user, alert) -> list[tuple[str, str]]:
    found = Case.objects.visible_to(user).filter(alert=alert).order_by("-opened_at")
    return [(str(case), reverse("incidents:case_detail", args=[case.reference])) for case in found]


def _of_risk(user, risk):
    """The cases of a risk: those that name it, and those on alerts of its indicators."""
    return Case.objects.visible_to(user).filter(
        Q(risk=risk) | Q(risk__isnull=True, alert__indicator__in=risk.indicators.all())
    )


def case_knots(user, risk) -> list[Knot]:
    return [
        Knot(
            key=f"case:{case.pk}",
            kind=gettext_lazy("Case"),
            title=str(case),
            at=case.opened_at,
            url=reverse("incidents:case_detail", args=[case.reference]),
            icon="briefcase",
            state=case.get_state_display(),
            tone=STATE_TONES[case.state],
            cause=f"alert:{case.alert_id}" if case.alert_id else "",
        )
        for case in _of_risk(user, risk).order_by("-opened_at")[:SHOWN]
    ]


def activation_knots(user, risk) -> list[Knot]:
    """Plans and drills that were carried out on a case of the risk, or that are there for the risk."""
    seen = Activation.objects.visible_to(user).filter(Q(case__in=_of_risk(user, risk)) | Q(plan__risks=risk)).distinct()
    return [
        Knot(
            key=f"activation:{one.pk}",
            kind=gettext_lazy("Drill") if one.is_drill else gettext_lazy("Plan activated"),
            title=one.plan.name,
            at=one.activated_at,
            url=reverse("incidents:activation_detail", args=[one.pk]),
            icon="list-check",
            state=_("Active") if one.is_open else _("Ended"),
            tone="red" if one.is_open else "green",
            cause=f"case:{one.case_id}" if one.case_id else "",
        )
        for one in seen.select_related("plan").order_by("-activated_at")[:SHOWN]
    ]
