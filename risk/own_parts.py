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
    register_strand(Strand("reassessments", reassessments_of, "risk.view_risk"))


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


def reassessments_of(user, risk):
    """What forced a new judgement, and the judgement that answered it."""
    found = risk.reassessments.select_related("rating")[:SHOWN]
    url = reverse("risk:risk_detail", args=[risk.reference])
    return [knot for asked in found for knot in _asked_and_answered(asked, url)]


def _asked_and_answered(asked, url):
    key, rating = f"reassessment:{asked.pk}", asked.rating
    state = _("Answered") if rating else _("Open")
    tone = "green" if rating else "amber"
    yield Knot(
        key, _("To be assessed anew"), asked.cause, asked.asked_at, url, "refresh-alert", state, tone, asked.cause_key
    )
    if rating:
        yield Knot(
            key=f"rating:{rating.pk}:{asked.pk}",
            kind=_("Assessed anew"),
            title=rating.reason,
            at=rating.rated_at,
            url=url,
            icon="gauge",
            state=rating.get_level_display(),
            tone=rating.level,
            cause=key,
        )


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
