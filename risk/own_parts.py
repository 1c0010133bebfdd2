"""The tabs, panels and strands that this room itself puts on a risk's page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from risk.models import Alert, RiskReview
from risk.panels import Tab, register_tab
from risk.threads import Knot, Strand, register_strand

SHOWN = 200  # of each kind on one page; a risk that has more is a matter of the lists


def register() -> None:
    register_tab(Tab("overview", _("Overview"), "", "risk.view_risk"))
    register_tab(Tab("thread", _("Thread"), "thread/", "risk.view_risk"))
    register_strand(Strand("alerts", alerts_of, "risk.view_alert"))
    register_strand(Strand("reviews", reviews_of, "risk.view_risk"))


def alerts_of(user, risk):
    """The alerts of the indicators that watch a risk."""
    seen = Alert.objects.visible_to(user).filter(indicator__risks=risk).select_related("indicator")
    return [
        Knot(
            key=f"alert:{alert.pk}",
            kind=_("Alert"),
            title=alert.indicator.label,
            at=alert.opened_at,
            url=reverse("risk:alert_detail", args=[alert.pk]),
            icon="alert-triangle",
            state=alert.get_band_display() if alert.is_open else _("Closed"),
            tone=alert.band if alert.is_open else "",
        )
        for alert in seen.order_by("-opened_at")[:SHOWN]
    ]


def reviews_of(user, risk):
    return [
        Knot(
            key=f"review:{review.pk}",
            kind=_("Review"),
            title=review.conclusion,
            at=review.reviewed_at,
            url=reverse("risk:risk_detail", args=[risk.reference]),
            icon="clipboard-check",
        )
        for review in RiskReview.objects.filter(risk=risk).order_by("-reviewed_at")[:SHOWN]
    ]
