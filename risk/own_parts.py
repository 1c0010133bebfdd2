"""The tabs, panels and strands that this room itself puts on a risk's page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from risk.models import Alert, Control, ControlTest, RiskProposal, RiskReview
from risk.panels import Panel, Tab, register_panel, register_tab
from risk.proposal_columns import PROPOSAL_TONES, proposal_pill
from risk.response_columns import EFFECT_TONES, TREATMENT_TONES
from risk.threads import Knot, Strand, register_strand

SHOWN = 200  # of each kind on one page; a risk that has more is a matter of the lists


def register() -> None:
    register_tab(Tab("overview", _("Overview"), "", "risk.view_risk"))
    register_tab(Tab("response", _("Response"), "response/", "risk.view_treatment"))
    register_tab(Tab("thread", _("Thread"), "thread/", "risk.view_risk"))
    register_panel(
        Panel(
            "proposals",
            _("Proposed from"),
            proposals_panel,
            "risk/proposals_panel.html",
            "risk.view_riskproposal",
            order=10,
        )
    )
    register_strand(Strand("proposals", proposals_of, "risk.view_riskproposal"))
    register_strand(Strand("alerts", alerts_of, "risk.view_alert"))
    register_strand(Strand("reviews", reviews_of, "risk.view_risk"))
    register_strand(Strand("treatments", treatments_of, "risk.view_treatment"))
    register_strand(Strand("control tests", tests_of, "risk.view_control"))
    register_strand(Strand("reassessments", reassessments_of, "risk.view_risk"))


def _proposals(user, risk):
    """What became this risk or was joined to it, as far as the person sees it."""
    return RiskProposal.objects.visible_to(user).filter(risk=risk).order_by("-proposed_at")


def proposals_panel(user, risk):
    """What a risk was proposed from, the last first; no section for one that the office recorded by itself."""
    found = list(_proposals(user, risk).select_related("proposed_by")[:SHOWN])
    return {"proposals": [(one, proposal_pill(one)) for one in found]} if found else None


def proposals_of(user, risk):
    return [
        Knot(
            key=f"proposal:{one.pk}",
            kind=_("Proposed"),
            title=one.title,
            at=one.proposed_at,
            url=reverse("risk:proposal_detail", args=[one.reference]),
            icon="inbox",
            state=one.get_state_display(),
            tone=PROPOSAL_TONES[one.state],
            cause=one.source_key,
        )
        for one in _proposals(user, risk)[:SHOWN]
    ]


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


def treatments_of(user, risk):
    return [
        Knot(
            key=f"treatment:{one.pk}",
            kind=one.get_strategy_display(),
            title=one.title,
            at=one.created_at,
            url=reverse("risk:treatment_detail", args=[one.pk]),
            icon="shield-check",
            state=one.get_state_display(),
            tone=TREATMENT_TONES[one.state],
        )
        for one in risk.treatments.order_by("-created_at")[:SHOWN]
    ]


def tests_of(user, risk):
    """Finished tests of the controls of a risk."""
    seen = ControlTest.objects.filter(control__in=Control.objects.visible_to(user).filter(risks=risk))
    return [
        Knot(
            key=f"control-test:{one.pk}",
            kind=_("Control tested"),
            title=one.control.name,
            at=one.finished_at,
            url=reverse("risk:test_detail", args=[one.pk]),
            icon="list-check",
            state=one.get_conclusion_display(),
            tone=EFFECT_TONES[one.conclusion],
        )
        for one in seen.filter(finished_at__isnull=False).select_related("control").order_by("-finished_at")[:SHOWN]
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
